// Bundles each function into a folder of its own that can be deployed as it is, `index.handler` being the entry. What a cold start does not need is in chunks beside it.
// Usage: node build.ts [folder to write]
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build, type BuildOptions, type Plugin } from 'esbuild'

const STORE = join(import.meta.dirname, '../../packages/stores/dynamodb/src')
const output = process.argv[2] ?? 'dist/functions'

/** A quarter of a megabyte that only a new password asks for: left out of the module and required when it is asked, from a file beside it. */
const WORDS = '@zxcvbn-ts/language-common'
const wordsBeside: Plugin = {
  name: 'words-beside',
  setup: ({ onResolve }) => onResolve({ filter: new RegExp(`^${WORDS}$`) }, () => ({ path: './common-passwords.cjs', external: true })),
}

/**
 * esbuild puts a module where the index that names it is, so the SDK would come with every start. The index loses that line here, and the one module that wants the SDK's transport is led to it directly.
 */
const sdkApart: Plugin = {
  name: 'sdk-apart',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^@sallyport\/store-dynamodb$/ }, ({ importer }) =>
      importer.endsWith('dynamodb-sdk.ts') ? { path: join(STORE, 'sdk-transport.ts'), sideEffects: false } : undefined,
    )
    onLoad({ filter: /stores[/\\]dynamodb[/\\]src[/\\]index\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/^export .* from '\.\/sdk-transport\.ts'$/m, ''),
      loader: 'ts',
    }))
  },
}

/** What tables say for the documents made from them no function ever shows. */
const PROSE = /\b(description|meaning):\s*'(?:[^'\\]|\\.)*'/g
const withoutProse: Plugin = {
  name: 'without-prose',
  setup: ({ onLoad }) =>
    onLoad(
      { filter: /[/\\](?:configuration[/\\](?:guard-)?variables|http[/\\]src[/\\]problems|aws-lambda[/\\]src[/\\]config)\.ts$/ },
      ({ path }) => ({
        contents: readFileSync(path, 'utf8').replaceAll(PROSE, "$1: ''"),
        loader: 'ts',
      }),
    ),
}

/** The one thing of the handlers that is loaded when it is asked for; a build without handlers would carry it, and share chunks with it, all the same. */
const noDocuments: Plugin = {
  name: 'no-documents',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/open-api\.ts$/ }, ({ path }) => ({ path, external: true })),
}

const common: BuildOptions = {
  bundle: true,
  // A start reads every kilobyte: the bindings are resolved by what they use of the container.
  alias: { inversify: '@sallyport/composition/direct-container', 'reflect-metadata/lite': '@sallyport/composition/direct-container' },
  platform: 'node',
  target: 'node24',
  conditions: ['sallyport-source'],
  minify: true,
  logLevel: 'warning',
  // The bindings are resolved without metadata, so its import leaves nothing.
  logOverride: { 'ignored-bare-import': 'silent' },
  legalComments: 'none',
}

for (const [name, entry] of [
  ['api', 'src/main.ts'],
  ['authorizer', 'src/authorizer.ts'],
  ['posts', 'src/posts-main.ts'],
] as const) {
  const folder = join(output, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const { metafile } = await build({
    ...common,
    entryPoints: { index: entry },
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    splitting: true,
    // All in one folder, so that each finds what lies beside it.
    chunkNames: '[name]-[hash]',
    plugins: [wordsBeside, sdkApart, withoutProse, ...(name === 'api' ? [] : [noDocuments])],
    metafile: true,
    // What is CommonJS in the bundle asks for Node's own modules by `require`.
    banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
  })
  const asked = Object.values(metafile.outputs).some(({ imports }) => imports.some(({ path }) => path === './common-passwords.cjs'))
  if (asked)
    await build({
      ...common,
      stdin: { contents: `module.exports=require('${WORDS}')`, resolveDir: '../../packages/passwords' },
      outfile: join(folder, 'common-passwords.cjs'),
      format: 'cjs',
    })
}
