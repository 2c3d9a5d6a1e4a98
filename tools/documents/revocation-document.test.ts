import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { compose, configuration, type Application } from '@sallyport/composition'
import { systemClock, type Stores } from '@sallyport/core'
import { standardAdapters } from '@sallyport/standard-adapters'
import { memoryStores } from '@sallyport/store-memory'
import { sallyportIssuer } from '@sallyport/tokens'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const PUBLIC_URL = 'https://auth.example.org'
const PAGE = readFileSync(new URL('../../docs/revocation.md', import.meta.url), 'utf8')
const [, inside = '', outside = ''] =
  /^\| a signing key is retired .*other instances of the API (\d+) s; guards and authorizers (\d+) s/m.exec(PAGE) ?? []

const secret = (): string => randomBytes(40).toString('base64url')
const settings = configuration({
  SALLYPORT_PUBLIC_URL: PUBLIC_URL,
  SALLYPORT_REFRESH_SECRET: secret(),
  SALLYPORT_KEY_ENCRYPTION_SECRET: secret(),
  SALLYPORT_PASSWORD_PEPPER: secret(),
  // A token that outlives every figure, as whoever has a leaked key makes them.
  SALLYPORT_ACCESS_TOKEN_SECONDS: '7200',
  SALLYPORT_MAX_REVOCATION_SECONDS: '7200',
})

let stores: Stores
let started: number
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] })
  started = Date.now()
  stores = memoryStores({ clock: systemClock })
})
afterEach(() => vi.useRealTimers())

function fail(error: unknown): never {
  throw error
}

function instance(): Application {
  const adapters = { ...standardAdapters({ onError: fail }), auditLog: () => ({ record: async (): Promise<void> => {} }), reportError: fail }
  return compose({ settings, adapters: { ...adapters, stores: () => stores } })
}

async function send(application: Application, method: 'GET' | 'POST', path: string, headers: Record<string, string>, body: object | null) {
  const bytes = body === null ? null : Buffer.from(JSON.stringify(body))
  const answer = await application.http.handle({ method, path, query: '', headers, body: bytes, address: null, requestId: 'a-request' })
  return { status: answer.status, text: answer.body }
}

async function signedIn(application: Application): Promise<string> {
  const person = { email: 'ada@example.org', password: 'harbour walnut lantern' }
  const { text } = await send(application, 'POST', '/auth/register', { 'content-type': 'application/json' }, person)
  return (JSON.parse(text) as { readonly accessToken: string }).accessToken
}

const after = (seconds: number): void => void vi.setSystemTime(started + seconds * 1000)

it('a retired key is refused by another instance after as many seconds as the page says, and not before', async () => {
  const [here, elsewhere] = [instance(), instance()]
  const token = await signedIn(here)
  const status = async (): Promise<number> => (await send(elsewhere, 'GET', '/auth/me', { authorization: `Bearer ${token}` }, null)).status
  expect(await status()).toBe(200)
  expect(await stores.keys.retire(1, Date.now())).toBe(true)
  after(Number(inside) - 1)
  expect(await status()).toBe(200)
  after(Number(inside))
  expect(await status()).toBe(401)
})

it('a guard that fetched the keys from that instance in its last moment refuses it after the sum', async () => {
  const [here, elsewhere] = [instance(), instance()]
  const token = await signedIn(here)
  const { check } = sallyportIssuer({
    publicUrl: PUBLIC_URL,
    audience: settings.audience,
    clock: systemClock,
    fetchKeySet: async () => (await send(elsewhere, 'GET', '/.well-known/jwks.json', {}, null)).text,
    onError: fail,
  })
  await elsewhere.authentication.publicKeys()
  expect(await stores.keys.retire(1, Date.now())).toBe(true)
  after(Number(inside) - 1)
  expect(await check(token)).not.toBeNull()
  after(Number(outside) - 2)
  expect(await check(token)).not.toBeNull()
  after(Number(outside))
  expect(await check(token)).toBeNull()
})
