import { SECOND, type Instant } from '../instant.ts'
import type { Clock } from '../ports/clock.ts'
import { nodeCrypto } from '../node-crypto.ts'
import type { CounterStore } from '../ports/counter-store.ts'
import { limitedNetwork } from './network.ts'

/** Whom a limit counts. `pair` is one account from one network. */
export type LimitSubject = 'account' | 'network' | 'pair'

export interface RateLimit {
  /** Paths with the same name share their counts: every way to try a password is one name. */
  readonly name: string
  readonly subject: LimitSubject
  readonly limit: number
  readonly windowSeconds: number
}

export interface LimitState {
  readonly limit: RateLimit
  /** What is left after this request; 0 when refused. */
  readonly remaining: number
  readonly resetsAt: Instant
}

export interface Admission {
  readonly admitted: boolean
  /** The tightest of the limits: what the `RateLimit` header tells. `null` when nothing is limited. */
  readonly state: LimitState | null
  /** Until the last of the exceeded windows ends; 0 when admitted. At least 1 otherwise. */
  readonly retryAfterSeconds: number
}

export interface LimitedRequest {
  /** The account by the name the request gives it (a canonical e-mail or a user id), whether it exists or not; `null` when it names none. */
  readonly account: string | null
  readonly address: string | null
}

/** Counts first and judges afterwards, so that parallel guesses cannot slip past the count (CVE-2024-4629). One store call for all limits together; none without limits. */
export type RateLimiter = (limits: readonly RateLimit[], request: LimitedRequest) => Promise<Admission>

const OPEN: Admission = { admitted: true, state: null, retryAfterSeconds: 0 }

export function rateLimiter({ counters, clock }: { readonly counters: CounterStore; readonly clock: Clock }): RateLimiter {
  return async (limits, request) => {
    const network = limitedNetwork(request.address)
    const counted = limits.flatMap((limit) => {
      const subject = subjectOf(limit.subject, request.account, network)
      return subject === null ? [] : [{ limit, hit: { key: keyOf(limit.name, subject), windowMs: limit.windowSeconds * SECOND } }]
    })
    if (counted.length === 0) return OPEN
    const counts = await counters.count(counted.map(({ hit }) => hit))
    const states = counted.map(({ limit }, index) => {
      const count = counts[index]
      const used = count?.count ?? limit.limit + 1
      return {
        limit,
        remaining: Math.max(0, limit.limit - used),
        resetsAt: count?.resetsAt ?? clock.now() + limit.windowSeconds * SECOND,
        exceeded: used > limit.limit,
      }
    })
    const exceeded = states.filter((state) => state.exceeded)
    const tightest = (exceeded.length > 0 ? exceeded : states).toSorted((a, b) => a.remaining - b.remaining || b.resetsAt - a.resetsAt)[0] ?? null
    const wait = Math.max(0, ...exceeded.map((state) => state.resetsAt - clock.now()))
    return { admitted: exceeded.length === 0, state: tightest, retryAfterSeconds: exceeded.length === 0 ? 0 : Math.max(1, Math.ceil(wait / SECOND)) }
  }
}

function subjectOf(subject: LimitSubject, account: string | null, network: string): string | null {
  if (subject === 'network') return network
  if (account === null) return null
  return subject === 'account' ? account : `${account} ${network}`
}

/** Hashed, so that the store holds no address and no e-mail for counting. */
function keyOf(name: string, subject: string): string {
  return `${name}:${nodeCrypto.hash('sha256', `${name}\n${subject}`, 'base64url')}`
}
