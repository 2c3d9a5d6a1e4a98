// Bundles the app into one file: without it a start spends most of its time finding and reading some two hundred modules.
// Usage: node build.ts [file to write]
import { build } from 'esbuild'

await build({
  entryPoints: ['src/main.ts'],
  outfile: process.argv[2] ?? 'dist/main.js',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  conditions: ['sallyport-source'],
  sourcemap: true,
  minifySyntax: true,
  logLevel: 'warning',
  // What is CommonJS in the bundle (pino, the list of common passwords) asks for Node's own modules by `require`.
  banner: { js: "const require = process.getBuiltinModule('node:module').createRequire(import.meta.url)" },
})
