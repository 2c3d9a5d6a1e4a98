// Bundles each function app into a folder of its own that can be deployed as it is: host.json, package.json and modules.
// Usage: node build.ts [folder to write]
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

/** Read at the first registration or change of a password, so it stays out of what every start reads. */
const PASSWORD_LIST = '@zxcvbn-ts/language-common'

const output = process.argv[2] ?? 'dist/functions'
const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }

for (const [name, entry] of [
  ['api', 'src/main.ts'],
  ['posts', 'src/posts-main.ts'],
] as const) {
  const folder = join(output, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: { index: entry },
    outdir: folder,
    bundle: true,
    // A start reads every kilobyte: the bindings are resolved by what they use of the container.
    alias: { inversify: '@sallyport/composition/direct-container', 'reflect-metadata/lite': '@sallyport/composition/direct-container' },
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['sallyport-source'],
    minify: true,
    logLevel: 'warning',
    // The bindings are resolved without metadata, so its import leaves nothing.
    logOverride: { 'ignored-bare-import': 'silent' },
    // No module of any registry: the worker answers that name, to a `require` of Node's own.
    external: ['@azure/functions-core', PASSWORD_LIST],
    // What is CommonJS in the bundle (the library of Azure Functions, ioredis) asks for modules by `require`.
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url),__dirname=import.meta.dirname;" },
  })
  cpSync('templates/host.json', join(folder, 'host.json'))
  const manifest = { name: `sallyport-${name}`, version, private: true, type: 'module', main: 'index.js', engines: { node: '>=24' } }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}

const list = join(output, 'api/node_modules', PASSWORD_LIST)
await build({ entryPoints: { index: PASSWORD_LIST }, outdir: list, bundle: true, platform: 'node', format: 'cjs', minify: true })
writeFileSync(join(list, 'package.json'), `${JSON.stringify({ name: PASSWORD_LIST, private: true, type: 'commonjs', main: 'index.js' })}\n`)
