import {
  judge,
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
import {
  credentialReader,
  failure,
  originJudge,
  problems,
  refusedBy,
  renderProblem,
  responseHeaders,
  type HttpHeaders,
  type HttpResponse,
  type PresentedCredential,
  type Problem,
  type Transport,
} from '@sallyport/http'

/** What a decision needs of a request. Names of headers in lower case. */
export interface GuardedRequest {
  /** Upper case. `CONNECT` for the opening of a WebSocket, which browsers let every page do. */
  readonly method: string
  readonly headers: HttpHeaders
  readonly requestId: string
  /**
   * Somebody whom an authorizer in front has checked, as `principalIn` reads it from the authorizer's context; `null` when there is none. Only for contexts that
   * the platform keeps apart from everything a client can write.
   */
  readonly vouched?: Principal | null
}

/** `cross-site`: another site's page sent it with our cookies. `unavailable`: it could not be decided now. `broken`: a bug or a wrong configuration. */
export type GuardRefusal = Refusal | 'cross-site' | 'unavailable' | 'broken'

export type Decision =
  | { readonly allowed: true; readonly principal: Principal | null }
  /** `response` is the whole answer, a problem document as the handlers of Sallyport give it; `principal` is who was refused, for the audit log. */
  | { readonly allowed: false; readonly refusal: GuardRefusal; readonly response: HttpResponse; readonly principal: Principal | null }

/**
 * The one decision for a request under a rule, with the answer that goes with a refusal. Never throws and never rejects: what cannot be decided is refused.
 * A value and not a promise where nothing had to be waited for.
 */
export type Guard = (request: GuardedRequest, rule: Rule) => Decision | Promise<Decision>

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

/** Methods by which nothing changes (RFC 9110 section 9.2.1): with them a foreign page can send our cookies and read no answer. */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

export function guard({ authorize, clock, transports, publicUrl, allowedOrigins, audit, onError }: GuardOptions): Guard {
  const readCredential = credentialReader(transports)
  const judgeOrigin = originJudge(new Set([new URL(publicUrl).origin, ...allowedOrigins]))
  const headers = responseHeaders({ publicUrl, allowedOrigins, transports })

  const refuse = (request: GuardedRequest, refusal: GuardRefusal, problem: Problem, principal: Principal | null): Decision => ({
    allowed: false,
    refusal,
    response: renderProblem(problem, request.requestId, headers.for(request.headers), null),
    principal,
  })

  const failed = (request: GuardedRequest, error: unknown): Decision => {
    const { problem } = failure(error)
    const unavailable = problems[problem.code].status === 503
    try {
      onError?.(error, request.requestId)
    } catch {
      // The decision matters more than its report.
    }
    // A conflict is of no concern to whoever asks to be let in.
    return unavailable ? refuse(request, 'unavailable', problem, null) : refuse(request, 'broken', { code: 'internal' }, null)
  }

  const rendered = (request: GuardedRequest, rule: Rule, verdict: Verdict, tokenSent: boolean): Decision | Promise<Decision> => {
    if (verdict.allowed) return verdict
    const { refusal, principal } = verdict
    const { problem } = refusedBy(refusal, rule, tokenSent)
    const decision = refuse(request, refusal, problem, principal)
    if (audit === undefined || principal === null) return decision
    const { userId, sessionId } = principal
    return audit({ name: 'authorization.refused', userId, sessionId, reason: refusal }, contextOf(request)).then(
      () => decision,
      (error: unknown) => failed(request, error),
    )
  }

  const byToken = (request: GuardedRequest, rule: Rule, presented: PresentedCredential | null): Decision | Promise<Decision> => {
    const tokenSent = Boolean(presented?.access)
    if (authorize === null) return rendered(request, rule, { allowed: false, refusal: 'unauthenticated', principal: null }, tokenSent)
    const verdict = authorize(presented?.access ?? null, rule)
    if (!(verdict instanceof Promise)) return rendered(request, rule, verdict, tokenSent)
    return verdict.then(
      (settled) => rendered(request, rule, settled, tokenSent),
      (error: unknown) => failed(request, error),
    )
  }

  return (request, rule) => {
    try {
      if (rule.access === 'public') return { allowed: true, principal: null }
      const presented = readCredential(request.headers)
      if (presented?.transport === 'cookie' && !SAFE.has(request.method) && judgeOrigin(request.headers) !== 'trusted')
        return refuse(request, 'cross-site', { code: 'cross-site' }, null)
      const vouched = request.vouched ?? null
      if (vouched === null || rule.strict === true) return byToken(request, rule, presented)
      // A gateway keeps a verdict longer than the credential may live.
      const alive = clock.now() < vouched.expiresAt ? vouched : null
      return rendered(request, rule, judge(alive, rule, clock), true)
    } catch (error) {
      return failed(request, error)
    }
  }
}

function contextOf({ headers, requestId }: GuardedRequest): RequestContext {
  const userAgent = headers['user-agent']
  return { address: null, userAgent: typeof userAgent === 'string' ? userAgent : null, requestId }
}

/** For how long a gateway may keep what was decided about this principal, in whole seconds: never past its credential. */
export function secondsLeft(principal: Principal, clock: Clock, atMost: number): number {
  return Math.max(0, Math.min(atMost, Math.floor((principal.expiresAt - clock.now()) / SECOND)))
}
