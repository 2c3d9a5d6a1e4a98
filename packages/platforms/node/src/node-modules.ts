/**
 * `import 'node:http'` in an ES module collects every export of it, and one of them loads undici: twice the start of an empty process
 * (https://github.com/nodejs/node/issues/59686). Asked for this way the module costs 3 ms.
 */
export const nodeHttp: typeof import('node:http') = process.getBuiltinModule('node:http')
