import {
  judge,
  SallyportError,
  SECOND,
  type Authorize,
  type Clock,
  type Principal,
  type RecordAudit,
  type Refusal,
  type RequestContext,
  type Rule,
  type Verdict,
} from '@sallyport/core'
import { credentialReader, originJudge, type HttpHeaders, type PresentedCredential, type Transport } from '@sallyport/http'
import type { Vouched } from './principal-context.ts'

/** What a decision needs of a request. Names of headers in lower case. */
export interface GuardedRequest {
  /** Upper case. `CONNECT` for the opening of a WebSocket, which browsers let every page do. */
  readonly method: string
  readonly headers: HttpHeaders
  readonly requestId: string
  /**
   * Somebody whom an authorizer in front has checked, as `vouchedIn` reads it from the authorizer's context; `null` when there is none. Only for contexts that
   * the platform keeps apart from everything a client can write.
   */
  readonly vouched?: Vouched | null
}

/** `cross-site`: another site's page sent it with our cookies. `unavailable`: it could not be decided now. `broken`: a bug or a wrong configuration. */
export type GuardRefusal = Refusal | 'cross-site' | 'unavailable' | 'broken'

export type Ruling =
  | {
      readonly allowed: true
      readonly principal: Principal | null
      /** How the credential came that decided; `bearer` where none was needed. */
      readonly transport: Transport
    }
  | {
      readonly allowed: false
      readonly refusal: GuardRefusal
      /** Who was refused; `null` when that is nobody. */
      readonly principal: Principal | null
      /** Whether there was something that could have been a token. */
      readonly tokenSent: boolean
      /** Why it could not be decided (`unavailable`, `broken`); `null` otherwise. */
      readonly error: unknown
    }

/** The decision alone. Never throws and never rejects: what cannot be decided is refused. A value and not a promise where nothing had to be waited for. */
export type Decide = (request: GuardedRequest, rule: Rule) => Ruling | Promise<Ruling>

export interface GuardOptions {
  /** `null` where nothing but an authorizer's context is believed; a strict rule then refuses everybody. */
  readonly authorize: Authorize | null
  readonly clock: Clock
  /** Where credentials may stand. Without `cookie` no cookie is read. */
  readonly transports: readonly Transport[]
  /** Whose pages may use cookies; never derived from a request. */
  readonly publicUrl: string
  /** Further origins whose pages may, compared exactly. */
  readonly allowedOrigins: readonly string[]
  /** Told of everybody who is known and may not (OWASP ASVS 16.3.2), before the refusal leaves. When it rejects, by its policy, the answer is 503. */
  readonly audit?: RecordAudit
  /** Told the cause of every 500 and 503, which the client never learns. What it throws is dropped. */
  readonly onError?: (error: unknown, requestId: string) => void
}

const OPEN: Ruling = { allowed: true, principal: null, transport: 'bearer' }

/** Methods by which nothing changes (RFC 9110 section 9.2.1): with them a foreign page can send our cookies and read no answer. */
const SAFE: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/** The one decision for a request under a rule, without an answer to go with it: for authorizers, whose gateway answers. */
export function decider({ authorize, clock, transports, publicUrl, allowedOrigins, audit, onError }: GuardOptions): Decide {
  const readCredential = credentialReader(transports)
  const judgeOrigin = originJudge(new Set([new URL(publicUrl).origin, ...allowedOrigins]))

  const failed = (request: GuardedRequest, error: unknown): Ruling => {
    try {
      onError?.(error, request.requestId)
    } catch {
      // The decision matters more than its report.
    }
    // A conflict is of no concern to whoever asks to be let in.
    const unavailable = SallyportError.is(error) && (error.code === 'store-unavailable' || error.code === 'overloaded')
    return { allowed: false, refusal: unavailable ? 'unavailable' : 'broken', principal: null, tokenSent: true, error }
  }

  const ruled = (request: GuardedRequest, verdict: Verdict, transport: Transport, tokenSent: boolean): Ruling | Promise<Ruling> => {
    if (verdict.allowed) return { allowed: true, principal: verdict.principal, transport }
    const { refusal, principal } = verdict
    const ruling: Ruling = { allowed: false, refusal, principal, tokenSent, error: null }
    if (audit === undefined || principal === null) return ruling
    const { userId, sessionId } = principal
    return audit({ name: 'authorization.refused', userId, sessionId, reason: refusal }, contextOf(request)).then(
      () => ruling,
      (error: unknown) => failed(request, error),
    )
  }

  const byToken = (request: GuardedRequest, rule: Rule, presented: PresentedCredential | null): Ruling | Promise<Ruling> => {
    const { access = null, transport = 'bearer' } = presented ?? {}
    const tokenSent = Boolean(access)
    if (authorize === null) return ruled(request, { allowed: false, refusal: 'unauthenticated', principal: null }, transport, tokenSent)
    const verdict = authorize(access, rule)
    if (!(verdict instanceof Promise)) return ruled(request, verdict, transport, tokenSent)
    return verdict.then(
      (settled) => ruled(request, settled, transport, tokenSent),
      (error: unknown) => failed(request, error),
    )
  }

  return (request, rule) => {
    try {
      if (rule.access === 'public') return OPEN
      const presented = readCredential(request.headers)
      if (presented?.transport === 'cookie' && !SAFE.includes(request.method) && judgeOrigin(request.headers) !== 'trusted')
        return { allowed: false, refusal: 'cross-site', principal: null, tokenSent: true, error: null }
      const vouched = request.vouched ?? null
      if (vouched === null || rule.strict === true || !isOf(vouched, presented, transports)) return byToken(request, rule, presented)
      // A gateway keeps a verdict longer than the credential may live.
      const alive = clock.now() < vouched.principal.expiresAt ? vouched.principal : null
      return ruled(request, judge(alive, rule, clock), vouched.transport, true)
    } catch (error) {
      return failed(request, error)
    }
  }
}

/**
 * Whether the verdict that a gateway kept is one for this request. It is kept by one header: a request that shows a credential of another kind beside it would have been judged by that one, and whose page sent a cookie
 * is asked of requests that come with one. The token of a bearer may stand in a header that is read in front alone.
 */
function isOf({ transport }: Vouched, presented: PresentedCredential | null, transports: readonly Transport[]): boolean {
  if (!transports.includes(transport)) return false
  return transport === 'cookie' ? presented?.transport === 'cookie' : presented?.transport !== 'cookie'
}

function contextOf({ headers, requestId }: GuardedRequest): RequestContext {
  const userAgent = headers['user-agent']
  return { address: null, userAgent: typeof userAgent === 'string' ? userAgent : null, requestId }
}

/** For how long a gateway may keep what was decided about this principal, in whole seconds: never past its credential. */
export function secondsLeft(principal: Principal, clock: Clock, atMost: number): number {
  return Math.max(0, Math.min(atMost, Math.floor((principal.expiresAt - clock.now()) / SECOND)))
}
