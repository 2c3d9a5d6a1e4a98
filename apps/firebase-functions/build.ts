// Bundles the functions into a folder that Firebase deploys: one module per function behind an entry that says which there are.
// Usage: node build.ts [folder to write]
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'

interface Manifest {
  readonly version: string
  readonly dependencies: { readonly [name: string]: string }
}

const output = process.argv[2] ?? 'dist/functions'
const manifestOf = (folder: string): Manifest => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
const own = manifestOf('.')
const store = manifestOf('../../packages/stores/datastore')
const passwords = manifestOf('../../packages/passwords')
/**
 * What stays a package. Google's clients read files of their own when they are loaded, and Firebase's tools look for the SDK; the list of common passwords is read at the first
 * registration, and not by every start.
 */
const dependencies = {
  'firebase-functions': own.dependencies['firebase-functions'],
  'firebase-admin': own.dependencies['firebase-admin'],
  '@google-cloud/datastore': store.dependencies['@google-cloud/datastore'],
  'google-gax': store.dependencies['google-gax'],
  '@zxcvbn-ts/language-common': passwords.dependencies['@zxcvbn-ts/language-common'],
}

rmSync(output, { recursive: true, force: true })
mkdirSync(output, { recursive: true })
const options: BuildOptions = {
  outdir: output,
  bundle: true,
  // A start reads every kilobyte: the bindings are resolved by what they use of the container.
  alias: { inversify: '@sallyport/composition/direct-container', 'reflect-metadata/lite': '@sallyport/composition/direct-container' },
  splitting: true,
  external: [...Object.keys(dependencies), 'firebase-functions/*'],
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
}
/** Each function is a bundle of its own: what they share would be one module, and a guarded function load what only the API needs. */
const apart: Plugin = {
  name: 'functions-apart',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/[\w-]+-main\.ts$/ }, ({ path }) => ({ path: path.replace('-main.ts', '.js'), external: true })),
}
await build({ ...options, entryPoints: { index: 'src/main.ts' }, plugins: [apart] })
for (const name of ['api', 'posts', 'who-am-i'])
  await build({ ...options, entryPoints: { [name]: `src/${name}-main.ts` }, chunkNames: `${name}/[name]-[hash]` })
const manifest = {
  name: 'sallyport-functions',
  version: own.version,
  private: true,
  type: 'module',
  main: 'index.js',
  engines: { node: '24' },
  dependencies,
}
writeFileSync(join(output, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`)
// Secrets for the emulator, which looks for them beside the code. firebase.json keeps them out of a deployment.
if (existsSync('.secret.local')) cpSync('.secret.local', join(output, '.secret.local'))
