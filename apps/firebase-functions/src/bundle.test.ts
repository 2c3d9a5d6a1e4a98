import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'))

beforeAll(() => execFileSync(process.execPath, ['build.ts', folder], { cwd: root, stdio: 'inherit' }))
afterAll(() => rmSync(folder, { recursive: true }))

const read = (file: string): string => readFileSync(join(folder, file), 'utf8')
const modules = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
/** A module and all that is loaded with it, whatever it loads later aside. */
function loadedWith(file: string, loaded: Set<string> = new Set()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded
  loaded.add(file)
  for (const [, imported = ''] of read(file).matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g)) loadedWith(join(file, '..', imported), loaded)
  return loaded
}

const kilobytes = (file: string): number => [...loadedWith(file)].reduce((sum, each) => sum + gzipSync(read(each), { level: 9 }).length, 0) / 1024

test.each([
  ['the entry', 'index.js', 4],
  ['the API', 'api.js', 54],
  ['posts', 'posts.js', 33],
  ['the callable', 'who-am-i.js', 31],
])('%s loads at most so many kB, gzip, before the clients of Google and Firebase', (_, file, most) => {
  expect(kilobytes(file)).toBeLessThan(most)
})

test('what tells Firebase which functions there are loads none of them', () => {
  expect([...loadedWith('index.js')]).toEqual(['index.js'])
  for (const name of ['api', 'posts', 'who-am-i']) expect(read('index.js')).toContain(`import("./${name}.js")`)
})

test('a guarded function does not load what signs, seals and hashes', () => {
  const inner = /createPrivateKey|createCipheriv|argon2\(/
  const loads = (name: string): boolean => [...loadedWith(`${name}.js`)].some((file) => inner.test(read(file)))
  expect([loads('api'), loads('posts'), loads('who-am-i')]).toEqual([true, false, false])
})

test('nothing of another cloud, and no start of ours loads undici or node:http', () => {
  expect(modules().some((file) => /dynamodb|ioredis|node:sqlite|@azure|aws-sdk|x-amzn/i.test(read(file)))).toBe(false)
  const atStart = ['index.js', 'api.js', 'posts.js', 'who-am-i.js'].flatMap((file) => [...loadedWith(file)])
  const has = (pattern: RegExp): boolean => atStart.some((file) => pattern.test(read(file)))
  expect(has(/\bnew (?:Request|Response|Headers)\b|(?<![.\w])fetch\(/)).toBe(false)
  expect(has(/(?:from|import)\s*["'](?:node:)?https?["']/)).toBe(false)
  expect(has(/from\s*["'](?:@google-cloud|google-gax)/)).toBe(false)
})

test('can be deployed as it is, without the secrets of an emulator', () => {
  const manifest = JSON.parse(read('package.json')) as { readonly dependencies: { readonly [name: string]: string } }
  expect(manifest).toMatchObject({ type: 'module', main: 'index.js', engines: { node: '24' } })
  expect(Object.keys(manifest.dependencies)).toEqual([
    'firebase-functions',
    'firebase-admin',
    '@google-cloud/datastore',
    'google-gax',
    '@zxcvbn-ts/language-common',
  ])
  for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
  const { functions } = JSON.parse(readFileSync(join(root, 'firebase.json'), 'utf8')) as {
    readonly functions: readonly { readonly ignore: readonly string[] }[]
  }
  expect(functions.every(({ ignore }) => ignore.includes('*.local') && ignore.includes('node_modules'))).toBe(true)
})
