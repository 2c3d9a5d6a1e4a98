import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, keyRoles, systemClock, systemRandom, type SigningKey, type Stores } from '@sallyport/core'
import { sqliteStores } from '@sallyport/store-sqlite'
import { aesKeyWrapper, tokenSigner } from '@sallyport/tokens'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { API_SECRETS } from '../testing/application.ts'
import { newKey, SECRETS } from '../testing/samples.ts'
import { runStore, type Run } from '../testing/store-run.ts'

const NOW: number = Date.now()
const HOUR = 3_600_000
const { SALLYPORT_KEY_ENCRYPTION_SECRET: secret, SALLYPORT_REFRESH_SECRET: another, SALLYPORT_PASSWORD_PEPPER: other } = API_SECRETS
const environment = { SALLYPORT_KEY_ENCRYPTION_SECRET: secret }
let directory: string
let stores: Stores

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-keys-'))
  stores = sqliteStores({ path: join(directory, 'a.db'), clock: systemClock, synchronous: 'normal' })
})
afterEach(async () => {
  await stores.close()
  rmSync(directory, { recursive: true, force: true })
})

const keys = (argv: readonly string[] = [], variables: Readonly<Record<string, string>> = environment): Promise<Run> =>
  runStore(['keys', '--of', `sqlite:${join(directory, 'a.db')}`, ...argv], variables)

const current = async (): Promise<SigningKey | null> => keyRoles(await stores.keys.list(), Date.now(), Infinity).current

/** A key as an instance makes it. */
async function seed(generation: number, activeFrom: number, sealedBy = secret): Promise<SigningKey> {
  const { publicJwk, privateJwk } = await tokenSigner().generate('ES256')
  const { kid } = publicJwk
  const wrappedPrivateKey = await aesKeyWrapper({ secret: sealedBy, random: systemRandom }).wrap(privateJwk, kid)
  const key: SigningKey = { generation, kid, algorithm: 'ES256', publicJwk, wrappedPrivateKey, createdAt: NOW, activeFrom, retiredAt: null }
  await stores.keys.insert(key)
  return key
}

describe('the list of keys', () => {
  it('shows each with its state and since when, and no part of a private key', async () => {
    expect(await keys()).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/^no keys/) as string })
    const [retired, previous, signing, waiting] = [
      newKey(1, { activeFrom: NOW - 4 * HOUR, retiredAt: NOW - 3 * HOUR, wrappedPrivateKey: null }),
      newKey(2, { activeFrom: NOW - 3 * HOUR }),
      newKey(10, { activeFrom: NOW - 2 * HOUR, algorithm: 'RS256' }),
      newKey(11, { activeFrom: NOW + HOUR, createdAt: NOW - HOUR }),
    ]
    for (const key of [retired, previous, signing, waiting]) await stores.keys.insert(key)
    const { stdout, stderr } = await keys([], {})
    const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString()
    expect(stdout.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['kid', 'algorithm', 'generation', 'state', 'since', 'signs from'],
      [retired.kid, 'EdDSA', '1', 'retired', at(-3), at(-4)],
      [previous.kid, 'EdDSA', '2', 'previous', at(-2), at(-3)],
      [signing.kid, 'RS256', '10', 'current', at(-2), at(-2)],
      [waiting.kid, 'EdDSA', '11', 'next', at(-1), at(1)],
      [''],
    ])
    for (const text of SECRETS) expect(stdout + stderr).not.toContain(text)
  })
})

describe('--rotate', () => {
  it('publishes a key that signs in ten minutes; twice is once', async () => {
    const first = await seed(1, NOW - HOUR)
    const before = Date.now()
    const { code, stdout, stderr } = await keys(['--rotate'])
    const [, made, ...more] = await stores.keys.list()
    if (made === undefined) throw new Error(stderr)
    expect([code, more, made.algorithm]).toEqual([0, [], 'ES256'])
    expect(made.activeFrom - before).toBeGreaterThanOrEqual(600_000)
    expect(made.activeFrom).toBeLessThanOrEqual(Date.now() + 600_000)
    expect(stderr).toBe(`rotated: ${made.kid} signs from ${new Date(made.activeFrom).toISOString()}\n`)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { name: string }).name),
    ).toEqual(['key.created', 'key.promoted'])
    expect(await keys(['--rotate'])).toEqual({ code: 0, stdout: '', stderr })
    expect(await stores.keys.list()).toEqual([first, made])

    // The API's instances open it and sign with it.
    const wrapper = aesKeyWrapper({ secret, random: systemRandom })
    const opened = await wrapper.unwrap(made.wrappedPrivateKey ?? '', made.kid)
    expect((await tokenSigner().importPrivate(opened, made.publicJwk)).kid).toBe(made.kid)
    const { d } = JSON.parse(opened) as { d: string }
    for (const text of [secret, d, made.wrappedPrivateKey ?? '']) expect(stdout + stderr).not.toContain(text)
  })

  it('brings the day of a key forward that waits already, for which no secret is needed', async () => {
    await seed(1, NOW - HOUR)
    const waiting = await seed(2, NOW + 20 * HOUR)
    expect((await keys(['--rotate'], {})).stderr).toContain(waiting.kid)
    const [, earlier] = await stores.keys.list()
    expect(earlier?.activeFrom).toBeLessThanOrEqual(Date.now() + 600_000)
  })

  it('says when there is no key to go by', async () => {
    expect(await keys(['--rotate'])).toMatchObject({ code: 1, stdout: '' })
    const { generation } = await seed(1, NOW - HOUR)
    await stores.keys.retire(generation, NOW)
    expect(await keys(['--rotate'])).toMatchObject({ code: 1, stdout: '' })
    expect(await stores.keys.list()).toHaveLength(1)
  })
})

describe('--retire', () => {
  it('makes another key sign before the one that signs is ended; twice is once', async () => {
    const leaked = await seed(1, NOW - HOUR)
    const { code, stdout, stderr } = await keys([`--retire=${leaked.kid}`])
    const after = await stores.keys.list()
    const [ended, successor] = after
    expect(ended).toEqual({ ...leaked, wrappedPrivateKey: null, retiredAt: ended?.retiredAt })
    expect(successor?.activeFrom).toBeLessThanOrEqual(ended?.retiredAt ?? 0)
    expect([code, stderr]).toEqual([0, `retired: ${leaked.kid}\nsigns now: ${successor?.kid}\n`])
    expect(stdout).toMatch(/"key.created"[^]*"key.promoted"[^]*"key.retired"/)
    expect(await keys([`--retire=${leaked.kid}`])).toMatchObject({ code: 0, stderr })
    expect(await stores.keys.list()).toEqual(after)
  })

  it('takes the key that waits, unless that is leaked too', async () => {
    const [leaked, waiting] = [await seed(1, NOW - HOUR), await seed(2, NOW + HOUR)]
    await keys([`--retire=${leaked.kid}`], {})
    expect((await current())?.kid).toBe(waiting.kid)
    const third = await seed(3, NOW + HOUR)
    await keys([`--retire=${third.kid}`, `--retire=${waiting.kid}`])
    expect((await current())?.generation).toBe(4)
    expect((await stores.keys.list()).map(({ wrappedPrivateKey }) => wrappedPrivateKey === null)).toEqual([true, true, true, false])
  })

  it('of a key that does not sign needs no secret and leaves the one that does', async () => {
    const [previous, signing, waiting] = [await seed(1, NOW - 2 * HOUR), await seed(2, NOW - HOUR), await seed(3, NOW + HOUR)]
    expect(await keys([`--retire=${previous.kid}`, `--retire=${waiting.kid}`], {})).toMatchObject({ code: 0 })
    expect((await current())?.kid).toBe(signing.kid)
    expect((await stores.keys.list()).filter(({ retiredAt }) => retiredAt === null)).toEqual([signing])
  })

  it('many times at once leaves one key that signs, and every call says so', async () => {
    const leaked = await seed(1, NOW - HOUR)
    const runs = await Promise.all(Array.from({ length: 8 }, () => keys([`--retire=${leaked.kid}`])))
    const signing = await current()
    expect(runs.map(({ code }) => code)).toEqual(Array(8).fill(0))
    expect(new Set(runs.map(({ stderr }) => stderr))).toEqual(new Set([`retired: ${leaked.kid}\nsigns now: ${signing?.kid}\n`]))
    expect(await stores.keys.list()).toHaveLength(2)
  })

  it('says when there is no such key, and changes none then', async () => {
    const { kid } = await seed(1, NOW - HOUR)
    expect(await keys([`--retire=${kid}`, '--retire=other'])).toEqual({
      code: 1,
      stdout: '',
      stderr: 'nothing changed: there is no key of that id\n',
    })
    expect((await current())?.kid).toBe(kid)
  })
})

describe('the secret that seals', () => {
  it.each([
    [{}, /SALLYPORT_KEY_ENCRYPTION_SECRET must be set/],
    [{ SALLYPORT_KEY_ENCRYPTION_SECRET: '' }, /must be set/],
    [{ SALLYPORT_KEY_ENCRYPTION_SECRET: 'short secret' }, /must be/],
    [{ SALLYPORT_KEY_ENCRYPTION_SECRET: another }, /does not open the key of generation 1/],
    [{ SALLYPORT_KEY_ENCRYPTION_SECRET: another, SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS: other }, /nor does a previous one/],
    [{ SALLYPORT_KEY_ENCRYPTION_SECRET: secret, SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS: 'short secret' }, /must be/],
  ])(
    "%#: when it is missing, weak or not the API's nothing changes, and it is not repeated",
    async (variables: Readonly<Record<string, string>>, message) => {
      const key = await seed(1, NOW - HOUR)
      for (const argv of [['--rotate'], [`--retire=${key.kid}`]]) {
        const error = await keys(argv, variables).catch((thrown: unknown) => thrown as Error)
        expect(error).toBeInstanceOf(ConfigurationError)
        expect((error as Error).message).toMatch(message)
        for (const value of Object.values(variables)) if (value !== '') expect((error as Error).message).not.toContain(value)
      }
      expect(await stores.keys.list()).toEqual([key])
    },
  )

  it('may be a new one while the previous one opens what there is, and then seals the new key', async () => {
    await seed(1, NOW - HOUR, another)
    const both = { SALLYPORT_KEY_ENCRYPTION_SECRET: secret, SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS: `${other}, ${another}` }
    expect((await keys(['--rotate'], both)).code).toBe(0)
    const [, made] = await stores.keys.list()
    const wrapper = aesKeyWrapper({ secret, random: systemRandom })
    expect(await wrapper.unwrap(made?.wrappedPrivateKey ?? '', made?.kid ?? '')).toContain('"d"')
  })

  it('is the one beside the database of the local app, outside production', async () => {
    const key = await seed(1, NOW - HOUR)
    writeFileSync(join(directory, 'secrets.json'), JSON.stringify(API_SECRETS), { mode: 0o600 })
    await expect(keys(['--rotate'], { NODE_ENV: 'production' })).rejects.toThrow(/must be set/)
    expect(await stores.keys.list()).toEqual([key])
    expect((await keys(['--rotate'], {})).code).toBe(0)
  })
})

it.each([
  [['--rotate'], /--of is missing/],
  [['--of', 'sqlite:x', '--rotate', '--retire=a'], /two calls/],
  [['--of', 'sqlite:x', '--retire'], /no value/],
  [['--of', 'sqlite:x', '--promote'], /does not take/],
  [['--of', 'sqlite:missing.db'], /no SQLite file/],
])('refuses %j', async (argv, message) => {
  const run = async (): Promise<unknown> => runStore(['keys', ...argv])
  await expect(run()).rejects.toThrow(ConfigurationError)
  await expect(run()).rejects.toThrow(message)
})
