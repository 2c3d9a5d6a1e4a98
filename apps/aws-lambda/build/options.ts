import type { BuildOptions } from 'esbuild'

export const OPTIONS: BuildOptions = {
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

/** Modules, of which what is CommonJS asks for Node's own by `require`. */
export const MODULES: BuildOptions = {
  ...OPTIONS,
  outExtension: { '.js': '.mjs' },
  format: 'esm',
  banner: { js: "const require=process.getBuiltinModule('node:module').createRequire(import.meta.url);" },
}
