import type { Authentication, Principal, Verdict } from '@sallyport/core'
import { admission } from './admission.ts'
import { refusedBy } from './challenges.ts'
import { contextOf, type Call } from './handler.ts'
import type { HttpRequest } from './http-message.ts'
import type { OperationId } from './operations.ts'
import type { JudgeOrigin } from './origin-policy.ts'
import type { PresentedCredential, ReadCredential } from './presented-credential.ts'
import { bodyIsEmpty, bodyIsTooLarge, readBody } from './read-body.ts'
import { readQuery } from './read-query.ts'
import { refuse, type Refused, type Reply } from './reply.ts'
import type { Route } from './route.ts'
import type { Transport } from './settings.ts'
import { validate } from './validate.ts'

export interface Outcome {
  readonly reply: Reply<unknown>
  /** Headers of the rate limits; `null` where nothing is limited. */
  readonly headers: { readonly [name: string]: string } | null
}

/** A route at work: everything between the path and the response. Throws or rejects for what is broken. */
export interface Endpoint {
  readonly route: Route
  readonly serve: (request: HttpRequest, parameter: string) => Outcome | Promise<Outcome>
}

export interface EndpointDependencies {
  readonly authentication: Authentication
  readonly readCredential: ReadCredential
  readonly judgeOrigin: JudgeOrigin
  readonly defaultTransport: Transport
}

/** The erased form of every `Handler`; the route table and `Operations` hold the two together. */
type AnyHandler = (call: Call<OperationId>) => Reply<unknown> | Promise<Reply<unknown>>

const NOTHING = { ok: true, value: null } as const
const CROSS_SITE: Refused = refuse({ code: 'cross-site' })
const NO_BODY: Refused = refuse({ code: 'unexpected-body' })
const TOO_LARGE: Refused = refuse({ code: 'body-too-large' })
const NO_QUERY: Refused = refuse({ code: 'invalid-input', errors: [{ parameter: '', detail: 'No query is known here.' }] })

/**
 * The order is that of cost and of what may be told to whom: size, cross-site, credential, input, limits, work. A signed-in route tells nothing about its input to
 * somebody who is not signed in.
 */
export function endpoint(route: Route, handler: AnyHandler, dependencies: EndpointDependencies): Endpoint {
  const { authentication, readCredential, judgeOrigin, defaultTransport } = dependencies
  const { rule, credential, crossSite, input } = route
  const admit = admission(authentication, route)
  const asksForTransport = route.cookies === 'sets' && credential === 'none'

  const authorized = (
    verdict: Verdict,
    request: HttpRequest,
    presented: PresentedCredential | null,
    parameter: string,
  ): Outcome | Promise<Outcome> => {
    if (verdict.allowed) return checked(request, presented, verdict.principal, parameter)
    const refused = { reply: refusedBy(verdict.refusal, rule, Boolean(presented?.access)), headers: null }
    const { principal } = verdict
    if (principal === null) return refused
    return authentication
      .audit({ name: 'authorization.refused', userId: principal.userId, sessionId: principal.sessionId, reason: verdict.refusal }, contextOf(request))
      .then(() => refused)
  }

  const checked = (
    request: HttpRequest,
    presented: PresentedCredential | null,
    caller: Principal | null,
    parameter: string,
  ): Outcome | Promise<Outcome> => {
    let body: unknown = null
    let query: unknown = null
    if (input.body !== null) {
      const read = readBody(request, input.body.required)
      if (!read.ok) return { reply: read, headers: null }
      const valid = read.value === undefined ? NOTHING : validate(input.body.schema, read.value, 'body')
      if (!valid.ok) return { reply: valid, headers: null }
      body = valid.value
    } else if (!bodyIsEmpty(request.body === 'too-large' ? null : request.body)) return { reply: NO_BODY, headers: null }
    if (input.query !== null) {
      const read = request.query === '' ? ({ ok: true, value: {} } as const) : readQuery(request.query)
      const valid = read.ok ? validate(input.query, read.value, 'query') : read
      if (!valid.ok) return { reply: valid, headers: null }
      query = valid.value
    } else if (request.query !== '') return { reply: NO_QUERY, headers: null }
    if (asksForTransport && transportOf(body, defaultTransport) === 'cookie' && judgeOrigin(request.headers) !== 'trusted')
      return { reply: CROSS_SITE, headers: null }

    const params = input.parameter === null ? null : { [input.parameter]: parameter }
    const call = { request, caller, presented, body, query, params } as Call<OperationId>
    if (admit !== null) {
      return admit(request, body, caller).then(async ({ headers, refused }) => ({ reply: refused ?? (await handler(call)), headers }))
    }
    const reply = handler(call)
    return reply instanceof Promise ? reply.then(unlimited) : unlimited(reply)
  }

  const serve = (request: HttpRequest, parameter: string): Outcome | Promise<Outcome> => {
    if (bodyIsTooLarge(request.body)) return unlimited(TOO_LARGE)
    const presented = credential === 'none' ? null : readCredential(request.headers)
    if (crossSite !== 'never' && isCrossSite(request, presented)) return unlimited(CROSS_SITE)
    if (rule.access === 'public') return checked(request, presented, null, parameter)
    const verdict = authentication.authorize(presented === null ? null : presented.access, rule)
    return verdict instanceof Promise
      ? verdict.then((judged) => authorized(judged, request, presented, parameter))
      : authorized(verdict, request, presented, parameter)
  }

  /** Where cookies are at stake a browser has to say that the page is ours; a client that says nothing at all is no browser, and brings its token itself. */
  const isCrossSite = (request: HttpRequest, presented: PresentedCredential | null): boolean => {
    if (presented?.transport === 'cookie') return judgeOrigin(request.headers) !== 'trusted'
    return crossSite === 'always' && judgeOrigin(request.headers) === 'foreign'
  }

  return { route, serve }
}

function unlimited(reply: Reply<unknown>): Outcome {
  return { reply, headers: null }
}

function transportOf(body: unknown, otherwise: Transport): unknown {
  return typeof body === 'object' && body !== null && 'transport' in body ? body.transport : otherwise
}
