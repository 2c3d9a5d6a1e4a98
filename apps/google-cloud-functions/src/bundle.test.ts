import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = new URL('..', import.meta.url).pathname
const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'))

beforeAll(() => execFileSync(process.execPath, ['build.ts', folder], { cwd: root, stdio: 'inherit' }))
afterAll(() => rmSync(folder, { recursive: true }))

const files = (name: string): readonly string[] =>
  readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.js'))
const text = (name: string, file = 'index.js'): string => readFileSync(join(folder, name, file), 'utf8')

/** A module and all that is loaded with it, whatever it loads later aside. */
function loadedWith(name: string, file = 'index.js', loaded: Set<string> = new Set()): ReadonlySet<string> {
  if (loaded.has(file)) return loaded
  loaded.add(file)
  for (const [, imported = ''] of text(name, file).matchAll(/(?:from|import)\s*["'](\.[^"']+\.js)["']/g))
    loadedWith(name, join(file, '..', imported), loaded)
  return loaded
}

describe.each([
  ['api', 54],
  ['posts', 32],
])('the bundle of %s', (name, kilobytes) => {
  test(`is at most ${kilobytes} kB, gzip, before Google's own client`, () => {
    const bytes = [...loadedWith(name)].reduce((sum, file) => sum + gzipSync(text(name, file), { level: 9 }).length, 0)
    expect(bytes / 1024).toBeLessThan(kilobytes)
  })

  // Whether any of them has it: a text of megabytes is no use in a failure.
  const has = (pattern: RegExp, modules: Iterable<string>): boolean => [...modules].some((file) => pattern.test(text(name, file)))

  test('brings no adapter of another cloud', () => {
    expect(has(/dynamodb|ioredis|node:sqlite|@azure|aws-sdk|x-amzn/i, files(name))).toBe(false)
  })

  test("at its start loads neither undici nor node:http itself; Google's client is a package that is loaded when it is opened", () => {
    expect(has(/\bnew (?:Request|Response|Headers)\b|(?<![.\w])fetch\(/, loadedWith(name))).toBe(false)
    expect(has(/(?:from|import)\s*["'](?:node:)?https?["']/, loadedWith(name))).toBe(false)
    expect(has(/from\s*["'](?:@google-cloud|google-gax)/, loadedWith(name))).toBe(false)
    expect(text(name).includes('import("@google-cloud/datastore")')).toBe(true)
  })

  test('can be deployed as it is', () => {
    const manifest = JSON.parse(text(name, 'package.json')) as { readonly dependencies: { readonly [name: string]: string } }
    expect(manifest).toMatchObject({ type: 'module', main: 'index.js' })
    expect(Object.keys(manifest.dependencies).slice(0, 3)).toEqual(['@google-cloud/functions-framework', '@google-cloud/datastore', 'google-gax'])
    for (const version of Object.values(manifest.dependencies)) expect(version).toMatch(/^\d+\.\d+\.\d+$/)
    expect(new RegExp(`\\bas ${name}\\b`).test(text(name))).toBe(true)
  })
})

test('a guarded function has neither the container nor what signs, seals and hashes', () => {
  const inner = /defineMetadata|ContainerModule|createPrivateKey|createCipheriv|argon2\(/
  expect([inner.test(text('api')), inner.test(text('posts'))]).toEqual([true, false])
})
