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
/** Google's client reads files of its own package when it is loaded, so it stays a package; the framework the buildpack would add by itself, in whatever version is new that day. */
const external = ['@google-cloud/datastore', 'google-gax']
const store = manifestOf('../../packages/stores/datastore')
const framework = manifestOf('../../tools/runtimes/functions-framework')

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
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    external,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['sallyport-source'],
    minify: true,
    logLevel: 'warning',
    // What is CommonJS in the bundle (the list of common passwords) asks for Node's own modules by `require`.
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
  })
  const manifest = {
    name: `sallyport-${name}`,
    version: manifestOf('.').version,
    private: true,
    type: 'module',
    main: 'index.js',
    engines: { node: '24' },
    dependencies: { ...framework.dependencies, ...Object.fromEntries(external.map((each) => [each, store.dependencies[each]])) },
  }
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
}
