import type { Rule, SignedInRule } from '@sallyport/core'
import type { ProtectedRoute } from '@sallyport/guard'
import type { Transport } from '@sallyport/http'
import fc from 'fast-check'
import { PAGES } from './gateway-side.ts'
import type { ClientRequest } from './gateways.ts'
import { NOW } from './guard-parts.ts'
import { lastingRule, oddPath, plainPath, ROLES, routeTables, SCOPES, WORDS } from './route-tables.ts'

export const TTL_SECONDS = 120

export interface PersonOfRun {
  readonly roles: readonly string[]
  readonly scopes: readonly string[]
  readonly authenticatedAt: number
  readonly expiresAt: number
}

export interface CallStep {
  readonly step: 'call'
  /** A route of the table with its parameters filled in; `null` for the path beside. */
  readonly row: number | null
  readonly fill: string
  readonly path: string
  readonly method: string
  readonly methodOfRow: boolean
  readonly token: 'ada' | 'bob' | 'worthless' | null
  /** From where a cookie comes. */
  readonly page: string
  /** An `Authorization` beside a cookie. */
  readonly beside: string | null
}

export type Step =
  | CallStep
  | { readonly step: 'wait'; readonly milliseconds: number }
  | { readonly step: 'outage'; readonly outage: boolean }
  | { readonly step: 'end'; readonly token: 'ada' | 'bob' }

/** A table behind a gateway that keeps verdicts, who there is, and what happens. */
export interface Scenario {
  readonly recheckedBehind: boolean
  readonly routes: readonly ProtectedRoute[]
  readonly transport: Transport
  readonly publicToo: boolean
  readonly payload: '1.0' | '2.0'
  readonly routeKeyed: boolean
  readonly people: { readonly ada: PersonOfRun; readonly bob: PersonOfRun }
  readonly steps: readonly Step[]
}

const ofNow = fc.constantFrom<Partial<SignedInRule>>({}, {}, {}, { freshSeconds: 60 }, { strict: true })
const anyRule = fc.tuple(lastingRule, ofNow).map(([rule, more]): Rule => (rule.access === 'public' ? rule : { ...rule, ...more }))

const person: fc.Arbitrary<PersonOfRun> = fc.record({
  roles: fc.oneof(fc.subarray([...ROLES]), fc.constant(ROLES)),
  scopes: fc.oneof(fc.subarray([...SCOPES]), fc.constant(SCOPES)),
  authenticatedAt: fc.constantFrom(NOW - 59_999, NOW - 30_000, NOW),
  expiresAt: fc.constantFrom(NOW + 60_000, NOW + 150_000, NOW + 3_600_000),
})

const call: fc.Arbitrary<CallStep> = fc.record({
  step: fc.constant('call'),
  row: fc.option(fc.nat(4), { freq: 6 }),
  fill: fc.constantFrom(...WORDS, 'x', '1'),
  path: fc.oneof(plainPath, oddPath),
  method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE'),
  methodOfRow: fc.constantFrom(true, true, true, false),
  token: fc.constantFrom('ada', 'ada', 'bob', 'worthless', null),
  page: fc.constantFrom(PAGES.own, PAGES.foreign),
  beside: fc.option(fc.constantFrom('Basic x', ''), { freq: 1 }),
})

const change: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ step: fc.constant('wait'), milliseconds: fc.constantFrom(1, 30_000, 60_000, TTL_SECONDS * 1000 - 1, TTL_SECONDS * 1000) }),
  fc.record({ step: fc.constant('outage'), outage: fc.boolean() }),
  fc.record({ step: fc.constant('end'), token: fc.constantFrom('ada', 'bob') }),
)

export function gatewayScenarios(transports: readonly Transport[]): fc.Arbitrary<Scenario> {
  const steps = fc.array(fc.oneof({ weight: 6, arbitrary: call }, { weight: 1, arbitrary: change }), { minLength: 5, maxLength: 24 })
  return fc.record({ recheckedBehind: fc.boolean(), transport: fc.constantFrom(...transports) }).chain(({ recheckedBehind, transport }) =>
    fc.record({
      recheckedBehind: fc.constant(recheckedBehind),
      transport: fc.constant(transport),
      // With a cookie only a function behind can ask whose page sends it, where something changes.
      routes: routeTables(recheckedBehind ? anyRule : lastingRule, transport === 'cookie' && !recheckedBehind ? ['GET'] : METHODS),
      publicToo: fc.boolean(),
      payload: fc.constantFrom('1.0', '2.0'),
      routeKeyed: fc.boolean(),
      people: fc.record({ ada: person, bob: person }),
      steps,
    }),
  )
}

const METHODS = ['GET', 'POST', 'DELETE', 'ANY'] as const

export function requestOf(
  { row, fill, path, method, methodOfRow, token, page, beside }: CallStep,
  { routes, transport, recheckedBehind }: Scenario,
): ClientRequest {
  const route = row === null ? undefined : routes[row % routes.length]
  const target = {
    path: route?.path.replace('{rest+}', `${fill}/x`).replaceAll('{id}', fill) ?? path,
    method: route === undefined || !methodOfRow || route.method === 'ANY' ? method : route.method,
  }
  if (transport === 'bearer') return { ...target, headers: token === null ? {} : { authorization: `Bearer ${token}` } }
  // What stands beside the cookie is no part of the gateway's key: only a function behind can ask about it.
  const others = beside === null || !recheckedBehind ? {} : { authorization: beside }
  return { ...target, headers: { origin: page, ...others, ...(token === null ? {} : { cookie: `__Host-sallyport-access=${token}` }) } }
}
