import { build, type Format } from 'esbuild'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'

/** One program, run from source, from what npm installs, and from one bundled file with nothing beside it. It must end by itself, without a close. */
const PROGRAM = `
import { commonPasswords, passwordHasher } from '@sallyport/passwords'
const options = { pepper: new Uint8Array(32).fill(1), argon2: { memoryKiB: 8, passes: 1, parallelism: 1 }, bcryptCost: 4 }
const main = async () => {
  const [argon2id, bcrypt] = ['argon2id', 'bcrypt'].map((algorithm) => passwordHasher({ ...options, algorithm }))
  const answers = [await argon2id.verify('p', await argon2id.hash('p'))]
  if (!process.argv.includes('argon2id only')) {
    answers.push(await bcrypt.verify('p', await bcrypt.hash('p')), await argon2id.verify('q', await bcrypt.hash('p')))
    answers.push(commonPasswords().includes('baseballbaseball'))
  }
  console.log(JSON.stringify(answers))
}
main()
`
const GOOD = { matches: true, needsRehash: false }
const ALL = [GOOD, GOOD, { matches: false, needsRehash: false }, true]

const run = promisify(execFile)
const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)
let directory = ''
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sallyport-passwords-'))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const output = async (cwd: string, ...args: string[]): Promise<unknown> => {
  const { stdout, stderr } = await run(process.execPath, args, { cwd, env: {} })
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

it('works from source', async () => {
  expect(await output(here, '--conditions=sallyport-source', '--input-type=module', '--eval', PROGRAM)).toEqual(ALL)
})

it('runs the sample of the README', async () => {
  const [, sample = ''] = /```ts\n(.*?)```/s.exec(await readFile(join(here, '../README.md'), 'utf8')) ?? []
  expect(
    await output(
      here,
      '--conditions=sallyport-source',
      '--input-type=module',
      '--eval',
      `${sample}\nconsole.log(JSON.stringify([verdict, refused]))`,
    ),
  ).toEqual([GOOD, true])
})

it.each<[Format, string]>([
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
])('works inside a bundle with nothing beside it (%s)', async (format, extension) => {
  const folder = join(directory, format)
  const outfile = join(folder, `main.${extension}`)
  await build({
    stdin: { contents: PROGRAM, resolveDir: here },
    conditions: ['sallyport-source'],
    bundle: true,
    minify: true,
    platform: 'node',
    format,
    outfile,
    logLevel: 'error',
  })
  expect(await readdir(folder)).toEqual([`main.${extension}`])
  expect(await output(folder, outfile)).toEqual(ALL)
})

/** Lays a package out as npm would install it, with its compiled code. */
const install = async (name: string, folder: string): Promise<string> => {
  const target = join(directory, 'installed', 'node_modules', name)
  const sources = (await readdir(join(folder, 'src'), { recursive: true })).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  await mkdir(target, { recursive: true })
  await cp(join(folder, 'package.json'), join(target, 'package.json'))
  const compiler = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc')
  const files = sources.map((file) => join(folder, 'src', file))
  const flags = '--ignoreConfig --noCheck --module nodenext --target es2024 --types node --rewriteRelativeImportExtensions'.split(' ')
  await run(process.execPath, [compiler, ...flags, '--rootDir', join(folder, 'src'), '--outDir', join(target, 'dist'), ...files])
  return target
}

it('works as installed; and argon2id without loading the list or anything of bcrypt', async () => {
  const root = join(directory, 'installed')
  const [passwords] = await Promise.all([install('@sallyport/passwords', join(here, '..')), install('@sallyport/core', join(here, '../../core'))])
  const lists = join(root, 'node_modules/@zxcvbn-ts')
  await cp(dirname(dirname(dirname(require.resolve('@zxcvbn-ts/language-common')))), lists, { recursive: true })
  await writeFile(join(root, 'main.mjs'), PROGRAM)
  expect(await output(root, 'main.mjs')).toEqual(ALL)

  await Promise.all([rm(lists, { recursive: true }), rm(join(passwords, 'dist/bcrypt-worker-source.js'))])
  expect(await output(root, 'main.mjs', 'argon2id only')).toEqual([GOOD])
})
