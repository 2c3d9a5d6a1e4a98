// Bundles each function into a folder of its own that can be deployed as it is, `index.handler` being the entry. What a cold start does not need is in files beside it.
// Usage: node build.ts [folder to write]
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { buildAuthorizer } from './build/authorizer.ts'
import { MODULES, OPTIONS } from './build/options.ts'
import { apart, noDocuments, sdkApart, withoutProse, WORDS, wordsBeside } from './build/plugins.ts'

const output = process.argv[2] ?? 'dist/functions'

for (const [name, entry] of [
  ['api', 'src/main.ts'],
  ['posts', 'src/posts-main.ts'],
] as const) {
  const folder = emptied(name)
  const { metafile } = await build({
    ...MODULES,
    entryPoints: { index: entry },
    outdir: folder,
    splitting: true,
    // All in one folder, so that each finds what lies beside it.
    chunkNames: '[name]-[hash]',
    plugins: [wordsBeside, sdkApart, withoutProse, ...(name === 'api' ? [] : [noDocuments, apart('hosted-users')])],
    metafile: true,
  })
  const asked = Object.values(metafile.outputs).some(({ imports }) => imports.some(({ path }) => path === './common-passwords.cjs'))
  const contents = `module.exports=require('${WORDS}')`
  const words = { stdin: { contents, resolveDir: '../../packages/passwords' }, outfile: join(folder, 'common-passwords.cjs') }
  if (asked) await build({ ...OPTIONS, ...words, format: 'cjs' })
}
// By itself: in chunks, what it shares with the check of our own tokens would bring it along.
await build({ ...MODULES, entryPoints: ['src/hosted-users.ts'], outdir: join(output, 'posts'), plugins: [withoutProse, noDocuments] })
await buildAuthorizer(emptied('authorizer'))

function emptied(name: string): string {
  const folder = join(output, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  return folder
}
