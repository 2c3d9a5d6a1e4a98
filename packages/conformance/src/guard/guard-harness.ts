import assert from 'node:assert/strict'
import { authorizer, StoreUnavailableError, type Authorize, type Clock, type Instant, type StrategyName } from '@sallyport/core'
import { guard, type Guard, type GuardRefusal, type ProtectedRoute } from '@sallyport/guard'
import type { Transport } from '@sallyport/http'
import { ISSUER, openDomainTrial, type DomainHarness } from '../domain/domain-trial.ts'
import { CONTEXT } from '../domain/people.ts'
import { FOREIGN_ORIGIN, PARTNER_ORIGIN, PUBLIC_URL } from '../http/http-harness.ts'
import type { OpenTrial } from '../run-clauses.ts'
import type { TestClock } from '../test-clock.ts'
import { GUARD_ROUTES } from './guard-routes.ts'
import { guardTokens, type GuardTokens } from './guard-tokens.ts'
import { hostedIssuer, type CheckerBeside, type HostedIssuerTrial } from './hosted-issuer.ts'

/** A request as a client sends it to something that is guarded. Header names in lower case; a list is a header that comes several times. */
export interface GuardKitRequest {
  readonly method: string
  readonly path: string
  readonly headers: { readonly [name: string]: string | readonly string[] }
}

/** `refused`: this rendering cannot tell its client why. */
export type GuardKitAnswer =
  { readonly allowed: true; readonly userId: string | null } | { readonly allowed: false; readonly refusal: GuardRefusal | 'refused' }

/** `inFront`: whatever stands in front of the rendering gave the answer, and asked nobody. */
export type MountedAnswer = GuardKitAnswer & { readonly inFront?: boolean }

/** What a rendering is made from; it takes the ready guard or puts one together from the parts. */
export interface GuardParts {
  readonly guard: Guard
  readonly authorize: Authorize
  readonly clock: Clock
  /** What stands behind the rendering: each answers with who was let in. */
  readonly routes: readonly ProtectedRoute[]
  readonly transports: readonly Transport[]
  readonly publicUrl: string
  readonly allowedOrigins: readonly string[]
}

export interface MountedGuard {
  /** Sends the request through everything the rendering has: its events, its gateway's rules, its answers. */
  readonly ask: (request: GuardKitRequest) => Promise<MountedAnswer>
  close(): Promise<void>
}

export interface GuardHarness {
  readonly domain: DomainHarness
  /** Where this rendering can find a credential. */
  readonly transports: readonly Transport[]
  /** `CONNECT` and `POST`: this rendering has one method, whatever its client calls it, so a cookie always needs an origin. */
  readonly method: 'as-sent' | 'CONNECT' | 'POST'
  /** For how long a gateway in front keeps a verdict, in seconds; 0 when left out. Adds to the revocation bound. */
  readonly cacheSeconds?: number
  /** Whether the gateway's memory is all there is: nobody behind asks again, so that until it has forgotten a credential outlives its end. `false` when left out. */
  readonly believed?: boolean
  /** Which routes of the table this rendering can have, where it cannot have all; whoever asks for another is to be refused. */
  readonly routes?: readonly ProtectedRoute[]
  /** The rows that something in front of the rendering answers, by id; none when left out. What `ask` says of them has to agree. */
  readonly answeredInFront?: readonly string[]
  /** Checks the tokens of a hosted issuer beside our own: for `describeHostedGuard`. */
  readonly hosted?: CheckerBeside
  mount(parts: GuardParts): Promise<MountedGuard>
}

/** What of a harness the verdicts depend on. */
export type TrialHarness = Omit<GuardHarness, 'domain' | 'mount' | 'hosted' | 'routes'> & Required<Pick<GuardHarness, 'routes'>>

export interface GuardTrial {
  readonly clock: TestClock
  readonly ask: (request: GuardKitRequest) => Promise<GuardKitAnswer>
  /** Whether the request gets as far as the rendering. */
  readonly reaches: (request: GuardKitRequest) => Promise<boolean>
  readonly tokens: GuardTokens
  /** When `plain` expires. */
  readonly plainExpiresAt: Instant
  readonly harness: TrialHarness
  /** After how many seconds an ended session is refused, the gateway's memory included. */
  readonly revocationBoundSeconds: number
  /** `iss` of our own tokens. */
  readonly ownIssuer: string
  /** `null` where the harness checks no hosted tokens. */
  readonly hosted: HostedIssuerTrial | null
  /** Ends the session of `plain` at another instance, which tells nobody. */
  endElsewhere(): Promise<void>
  /** Every read of a store fails from now on, or works again. */
  breakStores(broken: boolean): void
}

/** Of pages: the application's own, one that is allowed, one that is not. */
export const ORIGINS: { readonly own: string; readonly partner: string; readonly foreign: string } = {
  own: PUBLIC_URL,
  partner: PARTNER_ORIGIN,
  foreign: FOREIGN_ORIGIN,
}

export async function openGuardTrial(harness: GuardHarness, strategyName: StrategyName): Promise<OpenTrial<GuardTrial>> {
  const opened = await openDomainTrial(harness.domain, strategyName)
  const { here, elsewhere, clock, script } = opened.trial
  const foreign = await openDomainTrial(harness.domain, strategyName, {}, clock)
  const tokens = await guardTokens(opened.trial, foreign.trial, harness.domain.tokens)
  const issuer = hostedIssuer(clock)
  const strategy = harness.hosted?.({ ...issuer.parts, own: here.strategy, ownIssuer: ISSUER, clock })
  const authorize = strategy === undefined ? here.auth.authorize : authorizer({ strategy, clock })
  const shared = { authorize, clock, transports: harness.transports, publicUrl: PUBLIC_URL, allowedOrigins: [PARTNER_ORIGIN] }
  const { routes = GUARD_ROUTES } = harness
  const mounted = await harness.mount({ ...shared, guard: guard(shared), routes })
  const plain = await here.auth.authorize(tokens.plain, { access: 'signed-in' })
  assert.ok(plain.allowed && plain.principal !== null)
  return {
    trial: {
      clock,
      ask: async (request) => {
        const { inFront: _inFront, ...answer } = await mounted.ask(request)
        return answer
      },
      reaches: async (request) => (await mounted.ask(request)).inFront !== true,
      tokens,
      plainExpiresAt: plain.principal.expiresAt,
      harness: { ...harness, routes },
      ownIssuer: ISSUER,
      hosted: strategy === undefined ? null : issuer.trial,
      revocationBoundSeconds: here.auth.revocationBoundSeconds + (harness.cacheSeconds ?? 0),
      endElsewhere: async () => {
        const verdict = await elsewhere.auth.authorize(tokens.plain, { access: 'signed-in' })
        assert.ok(verdict.allowed && verdict.principal !== null)
        await elsewhere.auth.sessions.endAll(verdict.principal, 'all', CONTEXT)
      },
      breakStores: (broken) => script.failAll(broken ? new StoreUnavailableError('planted') : null),
    },
    close: async () => {
      await mounted.close()
      await foreign.close()
      await opened.close()
    },
  }
}
