// Rules that need a look into the source instead of at the arrows between files. Each is planted and caught in boundaries.planted.mjs.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { parseSync } from 'oxc-parser'

const undici = new Set(['Request', 'Response', 'Headers', 'fetch', 'FormData', 'WebSocket', 'EventSource'])
/** Where a store's tests start its engine, or find the one that all files share. */
const engines = /^(?:packages\/stores\/[^/]+\/testing|tools\/integration)\//
const testing = /\.test\.ts$|^packages\/conformance\/|^(?:apps|packages(?:\/stores|\/platforms)?)\/[^/]+\/test(?:ing)?\//

export const sourceRules = [
  {
    name: 'no-deep-imports',
    comment:
      "Other packages are entered by what their exports name ('@sallyport/x'), never by a path into their source; only tests start a store's engine as its own tests do.",
    appliesTo: () => true,
    find: ({ imports, file, root }) => imports.filter(({ specifier }) => isDeep(specifier, file, root)),
  },
  {
    name: 'no-undici-globals',
    comment: 'The first touch of Request, Response, Headers or fetch loads undici and doubles the start of a function. Only the Fetch facade may.',
    appliesTo: (file) => !testing.test(file) && file !== 'packages/http/src/fetch-facade.ts',
    find: ({ references }) => references.filter(({ name, member }) => undici.has(name === 'globalThis' ? member : name)),
  },
  {
    name: 'no-node-http-import',
    comment: "`import 'node:http'` loads undici too. Outside platforms/node use process.getBuiltinModule('node:http').",
    appliesTo: (file) => !testing.test(file) && !file.startsWith('packages/platforms/node/'),
    find: ({ imports }) => imports.filter(({ specifier, typeOnly }) => !typeOnly && /^(node:)?(http|http2|undici)$/.test(specifier)),
  },
  {
    name: 'time-and-chance-come-in',
    comment: 'Expiry and tokens are decided by the injected Clock and Random; a second source of either cannot be tested.',
    appliesTo: (file) => !testing.test(file) && !/(^|[/-])(clock|random)\.ts$/.test(file),
    find: ({ references }) =>
      references.filter(
        ({ name, member, use, argumentCount }) =>
          (name === 'Date' && (member === 'now' || (use !== undefined && member === undefined && argumentCount === 0))) ||
          (name === 'Math' && member === 'random'),
      ),
  },
  {
    name: 'core-takes-no-builtin-by-name',
    comment: 'process.getBuiltinModule would lead around the rule that the core knows of Node only node:crypto.',
    appliesTo: (file) => file.startsWith('packages/core/src/') && !testing.test(file),
    find: ({ references, text }) =>
      references.filter(
        ({ name, member, start }) => name === 'process' && member === 'getBuiltinModule' && !/^.{0,40}\('node:crypto'\)/s.test(text.slice(start)),
      ),
  },
]

/** Violations of the source rules in the given files (paths relative to root). */
export function checkSources(root, files) {
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8')
    const facts = { ...readModule(file, text), file, root, text }
    return sourceRules
      .filter((rule) => rule.appliesTo(file))
      .flatMap((rule) =>
        rule.find(facts).map(({ start, specifier, name, member }) => ({
          rule: rule.name,
          comment: rule.comment,
          where: `${file}:${text.slice(0, start).split('\n').length}`,
          what: specifier ?? [name, member].filter(Boolean).join('.'),
        })),
      )
  })
}

function readModule(file, text) {
  const { program, module, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0].message}`)
  const imports = [
    ...module.staticImports.map((found) => ({
      specifier: found.moduleRequest.value,
      start: found.start,
      typeOnly: found.entries.length > 0 && found.entries.every((entry) => entry.isType),
    })),
    ...module.staticExports.flatMap((found) =>
      found.entries
        .filter((entry) => (entry.moduleRequest ?? null) !== null)
        .map((entry) => ({ specifier: entry.moduleRequest.value, start: found.start, typeOnly: entry.isType })),
    ),
    ...module.dynamicImports.map((found) => ({
      specifier: text.slice(found.moduleRequest.start, found.moduleRequest.end).replace(/^['"`]|['"`]$/g, ''),
      start: found.start,
      typeOnly: false,
    })),
  ]
  const declared = new Set()
  const references = []
  walk(program, undefined, undefined, declared, references)
  return { imports, references: references.filter(({ name }) => !declared.has(name)) }
}

/** Collects the value identifiers of a file, with the member read of each and whether it is called; names the file declares itself go to `declared`. */
function walk(node, parent, key, declared, references) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const child of node) walk(child, parent, key, declared, references)
    return
  }
  if (
    typeof node.type !== 'string' ||
    /^TS(TypeReference|TypeAnnotation|InterfaceDeclaration|TypeAliasDeclaration|TypeQuery|TypeParameter)/.test(node.type)
  )
    return
  if (node.type === 'Identifier') {
    const binds = key === 'id' || key === 'params' || key === 'local' || (parent?.type === 'Property' && key === 'value' && parent.binding === true)
    const label = (key === 'property' && !parent.computed) || (key === 'key' && !parent.computed) || key === 'imported' || key === 'exported'
    if (binds) declared.add(node.name)
    else if (!label) references.push(referenceOf(node, parent, key))
    return
  }
  for (const [childKey, child] of Object.entries(node)) {
    if (childKey !== 'parent' && childKey !== 'range') walk(child, node, childKey, declared, references)
  }
  if (node.type === 'MemberExpression' && !node.computed) {
    const reference = references.findLast(({ start }) => start === node.object.start)
    if (reference !== undefined && node.object.type === 'Identifier') reference.member = node.property.name
  }
}

function referenceOf(node, parent, key) {
  const called = key === 'callee' && (parent.type === 'NewExpression' || parent.type === 'CallExpression')
  return {
    name: node.name,
    start: node.start,
    member: undefined,
    use: called ? parent.type : undefined,
    argumentCount: called ? parent.arguments.length : -1,
  }
}

function isDeep(specifier, file, root) {
  if (specifier.startsWith('.')) {
    const target = join(dirname(file), specifier)
    if (testing.test(file) && engines.test(target.replaceAll('\\', '/'))) return false
    return relative(packageOf(file, root), target).startsWith('..')
  }
  const [, name, rest] = /^(@sallyport\/[^/]+)(\/.+)?$/.exec(specifier) ?? []
  if (name === undefined || rest === undefined) return false
  const manifest = join(root, 'node_modules', name, 'package.json')
  const entries = existsSync(manifest) ? JSON.parse(readFileSync(manifest, 'utf8')).exports : {}
  return !Object.hasOwn(entries ?? {}, `.${rest}`)
}

function packageOf(file, root) {
  let folder = dirname(file)
  while (folder !== '.' && !existsSync(join(root, folder, 'package.json'))) folder = dirname(folder)
  return folder
}
