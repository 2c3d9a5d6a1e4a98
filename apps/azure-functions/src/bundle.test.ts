import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtApps, type BuiltApps } from '../testing/built-apps.ts'

let apps: BuiltApps
beforeAll(() => {
  apps = builtApps()
})
afterAll(() => apps.remove())

const filesOf = (folder: string): string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted()

/** How many bytes of gzip a start reads: the entry and, of the chunks, those that are imported without being asked for. */
function readAtStart(folder: string, file = 'index.js', seen: Set<string> = new Set()): number {
  if (seen.has(file)) return 0
  seen.add(file)
  const code = readFileSync(join(folder, file), 'utf8')
  const imported = [...code.matchAll(/(?:\bfrom|\bimport)\s*"(\.[^"]+)"/g)].map(([, path = '']) => join(dirname(file), path))
  return imported.reduce((sum, each) => sum + readAtStart(folder, each, seen), gzipSync(code, { level: 9 }).byteLength)
}

/** Loads the entry as the worker does and says which of Node's own modules that has loaded. */
function builtinsAfterLoading(folder: string): readonly string[] {
  const script = `import { answerCoreApi } from ${JSON.stringify(new URL('../testing/core-api.ts', import.meta.url).href)}
    answerCoreApi()
    await import(${JSON.stringify(join(folder, 'index.js'))})
    process.stdout.write(JSON.stringify(process.moduleLoadList), () => process.exit(0))`
  const secret = (): string => randomBytes(40).toString('base64url')
  const env = {
    SALLYPORT_PUBLIC_URL: 'http://localhost:7071',
    SALLYPORT_REDIS_URL: 'redis://localhost:1',
    SALLYPORT_REFRESH_SECRET: secret(),
    SALLYPORT_KEY_ENCRYPTION_SECRET: secret(),
    SALLYPORT_PASSWORD_PEPPER: secret(),
  }
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module', '--eval', script], { env, encoding: 'utf8' })) as string[]
}

// ioredis takes 46 kB of each and the library of Azure Functions 20 kB.
describe.each([
  ['api', 120],
  ['posts', 100],
] as const)('the bundle of %s', (name, kilobytes) => {
  it(`has at most ${kilobytes} kB to read at a start`, () => {
    expect(readAtStart(apps[name])).toBeGreaterThan(50_000)
    expect(readAtStart(apps[name])).toBeLessThanOrEqual(kilobytes * 1000)
  })

  it('holds no adapter of another cloud', () => {
    const text = readFileSync(join(apps[name], 'index.js'), 'utf8')
    // The presets of hosted issuers name services of other clouds, and that is all.
    for (const word of ['dynamodb', 'DynamoDB', 'aws-sdk', 'google-cloud', 'google-gax', 'datastore', 'sqlite', 'lambda'])
      expect(text.includes(word), word).toBe(false)
  })

  it('loads no undici', () => {
    const loaded = builtinsAfterLoading(apps[name])
    expect(loaded).toContain('NativeModule crypto')
    expect(loaded.filter((each) => each.includes('undici'))).toEqual([])
  })

  it('can be deployed as it is', () => {
    expect(filesOf(apps[name])).toEqual(expect.arrayContaining(['host.json', 'index.js', 'package.json']))
    expect(JSON.parse(readFileSync(join(apps[name], 'package.json'), 'utf8'))).toMatchObject({ type: 'module', main: 'index.js' })
    const host = JSON.parse(readFileSync(join(apps[name], 'host.json'), 'utf8')) as object
    expect(host).toMatchObject({ version: '2.0', extensions: { http: { routePrefix: '' } } })
  })
})

it('the guarded function has neither container, passwords nor schemas in it', () => {
  const text = readFileSync(join(apps.posts, 'index.js'), 'utf8')
  for (const word of ['inversify', 'zxcvbn', 'worker_threads', 'additionalProperties']) expect(text.includes(word), word).toBe(false)
})
