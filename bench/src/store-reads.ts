import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import type { Session, SessionStore } from '@sallyport/core'
import { ACCOUNT } from './account.ts'
import { interleave, seriesOf, type Candidate, type Effort, type Ratio, type Series } from './measure.ts'
import { detailsOf, type Details, type GroupReport, type Row } from './report.ts'

/** The same reads, one after the other and many at once. */
const UNDER_WAY = [1, 32] as const
/** Reads over a socket take their time, and clients of thousands of lines more of it to warm up. */
const SLICE_FACTOR = 3
const WARM_UP_MS = 1000

export type Rates = (name: string) => readonly number[]

export interface Measured {
  readonly results: ReadonlyMap<string, Series>
  readonly rates: Rates
  readonly cpu: Rates
  readonly underWay: number
}

export interface StoreReads {
  readonly engine: string
  /** The raw client's single read. */
  readonly base: Candidate
  readonly candidates: readonly Candidate[]
  readonly rows: (measured: Measured) => readonly Row[]
}

export async function measureReads({ engine, base, candidates, rows }: StoreReads, { rounds, sliceMs }: Effort): Promise<GroupReport> {
  const allRows: Row[] = []
  const details: Details[] = []
  for (const underWay of UNDER_WAY) {
    const together = (candidate: Candidate): Candidate => ({ ...candidate, underWay })
    const effort = { rounds, sliceMs: sliceMs * SLICE_FACTOR, warmUpMs: WARM_UP_MS }
    const results = await interleave(together(base), candidates.map(together), effort)
    const rates: Rates = (name) => seriesOf(results, name).rates
    const cpu: Rates = (name) => seriesOf(results, name).cpuMicroseconds
    allRows.push(...rows({ results, rates, cpu, underWay }))
    details.push(detailsOf(`Reading one session: ${engine}, ${underWay} under way`, base.name, results))
  }
  return { rows: allRows, details }
}

/** The rows of an engine that is not here, which say so in place of figures. */
export function notMeasured(engine: string, reason: string): GroupReport {
  return { rows: [{ goal: 10, what: `session check on ${engine}`, ours: reason }], details: [] }
}

/** Of a user in a browser, as an application stores it. */
export function sampleSession(): Session {
  const now = Date.now()
  const { email, name } = ACCOUNT
  return {
    id: randomBytes(16).toString('base64url'),
    userId: randomUUID(),
    secretHash: randomBytes(32).toString('base64url'),
    counter: 0,
    rotatedAt: now,
    createdAt: now,
    authenticatedAt: now,
    idleExpiresAt: now + 7 * 86_400_000,
    expiresAt: now + 30 * 86_400_000,
    credentialsVersion: 1,
    claims: { version: 1, email, emailVerified: true, name, roles: ['user'], attributes: {} },
    client: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', network: '192.0.2.0/24' },
  }
}

/** The session check of a store, proven to find the session and no other. */
export async function storeRead(name: string, sessions: SessionStore, session: Session): Promise<Candidate> {
  const { userId, id } = session
  assert.deepEqual(await sessions.find(userId, id), session, `${name} does not find the session`)
  assert.equal(await sessions.find(userId, 'nobody'), null, `${name} finds a session that is not there`)
  return { name, run: () => sessions.find(userId, id), asynchronous: true }
}

/** A raw read, proven to bring the same record: the hash of the secret stands in it somewhere. */
export async function rawRead(name: string, { secretHash }: Session, run: () => unknown): Promise<Candidate> {
  assert.ok(JSON.stringify(await run()).includes(secretHash ?? ''), `${name} does not read the session`)
  return { name, run, asynchronous: true }
}

export function atLeast(what: string, ours: Ratio, bound: number): Row {
  return { goal: 10, what, ours, bound: { atLeast: bound } }
}
