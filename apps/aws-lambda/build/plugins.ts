import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Plugin } from 'esbuild'

const SOURCE = join(import.meta.dirname, '../src')
const REPOSITORY = join(import.meta.dirname, '../../..')
const STORE = join(REPOSITORY, 'packages/stores/dynamodb/src')

/** A quarter of a megabyte that only a new password asks for: left out of the module and required when it is asked, from a file beside it. */
export const WORDS = '@zxcvbn-ts/language-common'
export const wordsBeside: Plugin = {
  name: 'words-beside',
  setup: ({ onResolve }) => onResolve({ filter: new RegExp(`^${WORDS}$`) }, () => ({ path: './common-passwords.cjs', external: true })),
}

/**
 * esbuild puts a module where the index that names it is, so the SDK would come with every start. The index loses that line here, and the one module that wants the SDK's transport is led to it directly.
 */
export const sdkApart: Plugin = {
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
const TABLES = /[/\\](?:configuration[/\\](?:guard-)?variables|http[/\\]src[/\\]problems|aws-lambda[/\\]src[/\\]config)\.ts$/
export const withoutProse: Plugin = {
  name: 'without-prose',
  setup: ({ onLoad }) =>
    onLoad({ filter: TABLES }, ({ path }) => ({ contents: readFileSync(path, 'utf8').replaceAll(PROSE, "$1: ''"), loader: 'ts' })),
}

const QUOTED = String.raw`(?:'(?:[^'\\]|\\.)*'|\`(?:[^\`\\]|\\.)*\`)`
/** Members of tables of which only sentences are made. */
const WORDING = new RegExp(String.raw`\b(?:description|form|shown):\s*${QUOTED},?`, 'g')
const SENTENCE = new RegExp(String.raw`(new ConfigurationError\(|\brefused?\()\s*${QUOTED},?\s*(?=[,)])`, 'g')
/**
 * Modules that are only wrong at the start, or whose sentences nobody is shown: that of a key which is not taken. Of the others, those that begin so; what may be met by a request keeps its words.
 */
const AT_START =
  /[/\\](?:aws-lambda[/\\]src[/\\]config|configuration[/\\](?:guard-variables|kinds)|authorizer-options|protected-routes|required|rest-authorizers|revocation-bound|sallyport-issuer|trusted-key|verified-cache)\.ts$/
const PARTLY = /[/\\](?:fetch-key-set|key-set|token-verifier)\.ts$/
const BEGINNINGS = ['A token verifier needs', 'Key sets need', 'The leeway of', 'The limits of']

/** Without a word about a configuration that is wrong: the bundle with all words is started in its place, and says so. */
export const abridged: Plugin = {
  name: 'abridged',
  setup: ({ onLoad }) => {
    onLoad({ filter: AT_START }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(WORDING, '').replaceAll(SENTENCE, "$1''"),
      loader: 'ts',
    }))
    onLoad({ filter: PARTLY }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(SENTENCE, (whole, call: string) =>
        BEGINNINGS.some((each) => whole.includes(each)) ? `${call}''` : whole,
      ),
      loader: 'ts',
    }))
  },
}

/** The one thing of the handlers that is loaded when it is asked for; a build without handlers would carry it, and share chunks with it, all the same. */
export const noDocuments: Plugin = {
  name: 'no-documents',
  setup: ({ onResolve }) => onResolve({ filter: /^\.\/open-api\.ts$/ }, ({ path }) => ({ path, external: true })),
}

/** Module by module (from the root of the repository), what stands for it: for those that hardly any start needs. */
export function replacing(modules: { readonly [file: string]: string }): Plugin {
  const replaced = new Map(Object.entries(modules).map(([file, contents]) => [join(REPOSITORY, file), contents]))
  return {
    name: 'replacing',
    setup: ({ onLoad, onResolve }) => {
      // What they ask for lies beside the bundle.
      onResolve({ filter: /^\.\/[a-z]+\.cjs$/ }, ({ path }) => ({ path, external: true }))
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const contents = replaced.get(path)
        return contents === undefined ? undefined : { contents, loader: 'js' }
      })
    },
  }
}

/** Modules of the app that are bundles of their own. */
export function apart(...names: readonly string[]): Plugin {
  return {
    name: 'apart',
    setup: ({ onResolve }) =>
      onResolve({ filter: /^\.{1,2}\// }, ({ path, resolveDir }) => {
        const name = basename(path, '.ts')
        return names.includes(name) && resolveDir.startsWith(SOURCE) ? { path: `./${name}.mjs`, external: true } : undefined
      }),
  }
}
