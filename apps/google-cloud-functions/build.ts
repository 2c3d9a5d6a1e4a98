// Bundles each function into a folder of its own that can be deployed as it is: one module, and a package.json for the buildpack.
// Usage: node build.ts [folder to write]
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'

interface Manifest {
  readonly version: string
  readonly dependencies: { readonly [name: string]: string }
}

const output = process.argv[2] ?? 'dist/functions'
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
const store = manifestOf('../../packages/stores/datastore').dependencies
const passwords = manifestOf('../../packages/passwords').dependencies
const framework = manifestOf('../../tools/runtimes/functions-framework').dependencies
/**
 * What stays a package. Google's client reads files of its own when it is loaded; the list of common passwords is read at the first registration, and not by every start. The
 * framework the buildpack would add by itself, in whatever version is new that day.
 */
const CLIENT = { '@google-cloud/datastore': store['@google-cloud/datastore'], 'google-gax': store['google-gax'] }
const PASSWORD_LIST = { '@zxcvbn-ts/language-common': passwords['@zxcvbn-ts/language-common'] }

for (const [name, entry, packages] of [
  ['api', 'src/main.ts', { ...CLIENT, ...PASSWORD_LIST }],
  ['posts', 'src/posts-main.ts', CLIENT],
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
    external: Object.keys(packages),
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['sallyport-source'],
    minify: true,
    // An error at the start is printed with its line.
    lineLimit: 160,
    logLevel: 'warning',
    // The bindings are resolved without metadata, so its import leaves nothing.
    logOverride: { 'ignored-bare-import': 'silent' },
    // The list of common passwords is asked for by `require`.
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
  })
  const manifest = {
    name: `sallyport-${name}`,
    version: manifestOf('.').version,
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '24' },
    dependencies: { ...framework, ...packages },
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
