import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { promisify } from 'node:util'
import { importJWK, jwtVerify } from 'jose'
import { ACCOUNT } from './account.ts'
import { loadOurs } from './bundle.ts'
import { eventText } from './lambda-event.ts'
import { dividedBy, ratioOf, type Effort } from './measure.ts'
import { ourApp } from './our-app.ts'
import type { GroupReport } from './report.ts'

const LOGINS = 8
const CHECK_EVERY_MS = 10

/** Logins without end and one kind of check beside them. */
interface Scene {
  readonly hash: () => Promise<void>
  readonly check: () => unknown
}

interface Seen {
  readonly p99Ms: number
  readonly longestDelayMs: number
  readonly hashesPerSecond: number
}

/** Goal 7: what a check waits while as many passwords are hashed as the machine can take. */
export async function gateGroup({ rounds, sliceMs }: Effort): Promise<GroupReport> {
  const seconds = sliceMs / 20
  const gated = await gatedScene()
  const ungated = await ungatedScene()
  const own: Seen[] = []
  const others: Seen[] = []
  for (let round = 0; round < Math.ceil(rounds / 2); round++) {
    const turns: (() => Promise<unknown>)[] = [
      async () => own.push(await watch(gated, seconds)),
      async () => others.push(await watch(ungated, seconds)),
    ]
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
  }
  await gated.close()
  const p99 = own.map(({ p99Ms }) => p99Ms)
  const otherP99 = others.map(({ p99Ms }) => p99Ms)
  const hashes = dividedBy(
    own.map(({ hashesPerSecond }) => hashesPerSecond),
    others.map(({ hashesPerSecond }) => hashesPerSecond),
  )
  const bestPeer = { name: 'jose, no gate', ratio: ratioOf(otherP99) }
  const delays = { name: 'jose, no gate', ratio: ratioOf(others.map(({ longestDelayMs }) => longestDelayMs)) }
  return {
    rows: [
      { goal: 7, what: 'check beside 8 logins, p99', ours: ratioOf(p99), bound: { atMost: 10 }, unit: ' ms', bestPeer },
      { goal: 7, what: 'the same / jose without a gate', ours: dividedBy(p99, otherP99), bound: { atMost: 1 / 15 } },
      {
        goal: 7,
        what: 'longest delay of the event loop',
        ours: ratioOf(own.map(({ longestDelayMs }) => longestDelayMs)),
        bound: { atMost: 20 },
        unit: ' ms',
        bestPeer: delays,
      },
      { goal: 7, what: 'hashes a second / without a gate', ours: hashes, bound: { atLeast: 0.97 } },
    ],
    details: [],
  }
}

/** The whole of both requests: sign-in and check as a client gets them. */
async function gatedScene(): Promise<Scene & { close(): Promise<void> }> {
  const app = await ourApp({ strategy: 'jwt', hash: 'argon2id' })
  const login = app.login(ACCOUNT.password)
  const me = eventText({ method: 'GET', path: '/auth/me', headers: { authorization: `Bearer ${app.accessToken}` } })
  return {
    hash: async () => assert.equal((await app.handle(login)).statusCode, 200),
    check: async () => assert.equal((await app.handle(me)).statusCode, 200),
    close: app.close,
  }
}

/** The same hash with nothing in front of it, and a check that takes a turn in the pool where the hashes queue. */
async function ungatedScene(): Promise<Scene> {
  const argon2 = promisify(crypto.argon2)
  const { tokenSigner } = await loadOurs()
  const { publicJwk, privateJwk } = await tokenSigner().generate('RS256')
  const now = Math.floor(Date.now() / 1000)
  const payload = { iss: 'i', sub: 's', aud: 'a', client_id: 'c', iat: now, exp: now + 3600, jti: 'j', sid: 'x', auth_time: now }
  const token = await tokenSigner().sign(payload, await tokenSigner().importPrivate(privateJwk, publicJwk))
  const key = await importJWK({ ...publicJwk }, 'RS256')
  const input = { message: Buffer.from(ACCOUNT.password), nonce: crypto.randomBytes(16), parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 }
  return {
    hash: async () => void (await argon2('argon2id', input)),
    check: async () => assert.equal((await jwtVerify(token, key, { issuer: 'i', audience: 'a' })).payload.sub, 's'),
  }
}

async function watch({ hash, check }: Scene, seconds: number): Promise<Seen> {
  const logins = { over: false, hashes: 0 }
  const clients = Array.from({ length: LOGINS }, async () => {
    for (; !logins.over; logins.hashes++) await hash()
  })
  await checksFor(check, 0.2)
  logins.hashes = 0
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  const started = performance.now()
  const waits = await checksFor(check, seconds)
  const hashesPerSecond = (logins.hashes * 1000) / (performance.now() - started)
  delay.disable()
  logins.over = true
  await Promise.all(clients)
  const sorted = waits.toSorted((a, b) => a - b)
  return { p99Ms: sorted[Math.ceil(sorted.length * 0.99) - 1] ?? Number.NaN, longestDelayMs: delay.max / 1e6, hashesPerSecond }
}

/** Open loop: a check begins every 10 ms whatever became of the one before, and waits from the instant it was due. */
async function checksFor(check: () => unknown, seconds: number): Promise<readonly number[]> {
  const started = performance.now()
  const waits: Promise<number>[] = []
  for (let due = started; due < started + seconds * 1000; due += CHECK_EVERY_MS) {
    const early = due - performance.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
    waits.push(waitOf(check, due))
  }
  return Promise.all(waits)
}

async function waitOf(check: () => unknown, due: number): Promise<number> {
  await check()
  return Math.max(0, performance.now() - due)
}
