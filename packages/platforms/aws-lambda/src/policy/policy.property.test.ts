import { ConfigurationError, judge, type Principal } from '@sallyport/core'
import { protectedRoutes, type ProtectedRoute } from '@sallyport/guard'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { iamAllows, type AnyPolicy } from '../../testing/iam.ts'
import { lastingRule, oddPath, plainPath, ROLES, routeTables, SCOPES } from '../../testing/route-tables.ts'
import { stagePolicy, type PolicyDocument } from './iam-policy.ts'
import { policyPlan, type PolicyPlanOptions } from './policy-plan.ts'

const STAGE = 'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdef1234/prod'
const RUNS = 400
const clock = { now: (): number => 1_000 }

const rows = routeTables(lastingRule, ['GET', 'POST', 'DELETE', 'ANY'])
const caller = fc.tuple(fc.subarray([...ROLES]), fc.subarray([...SCOPES])).map(([roles, scopes]): Principal => ({
  userId: 'u',
  sessionId: 's',
  roles,
  scopes,
  profile: null,
  authenticatedAt: 0,
  asOf: 0,
  expiresAt: 1e9,
}))
const request = fc.record({ method: fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE'), path: fc.oneof(plainPath, oddPath) })

/** What each request would get if its rule were asked now. */
function verdict(routes: readonly ProtectedRoute[], principal: Principal, asked: { readonly method: string; readonly path: string }): boolean {
  const found = protectedRoutes(routes).find(asked.method, asked.path)
  return found !== null && mayCall(principal)(found)
}

function mayCall(principal: Principal): (route: ProtectedRoute) => boolean {
  return (route) => route.rule.access === 'public' || judge(principal, route.rule, clock).allowed
}

type Builder = (routes: readonly ProtectedRoute[], principal: Principal, called: { readonly method: string; readonly path: string }) => AnyPolicy

const ours =
  (undeclaredPaths: PolicyPlanOptions['undeclaredPaths']): Builder =>
  (routes, principal) =>
    stagePolicy(STAGE, policyPlan({ routes, undeclaredPaths }), mayCall(principal))

const arn = (asked: { readonly method: string; readonly path: string }, stage = STAGE): string => `${stage}/${asked.method}${asked.path}`

/** The gateway keeps the policy of the first call and judges every other by it. Fails where that verdict is not the one without a cache. */
function anyOrder(build: Builder, undeclaredPaths: PolicyPlanOptions['undeclaredPaths'], seen: { refused: number; judged: number }) {
  return fc.property(rows, caller, fc.array(request, { minLength: 1, maxLength: 40 }), (routes, principal, calls) => {
    if (planned(routes, undeclaredPaths) === 'refused') {
      seen.refused++
      return
    }
    seen.judged++
    const [first = { method: 'GET', path: '/' }] = calls
    const kept = build(routes, principal, first)
    const declared = protectedRoutes(routes)
    for (const call of calls) {
      const expected = verdict(routes, principal, call)
      // Where the gateway has no other routes it never asks about them.
      if (undeclaredPaths === 'not-routed' && declared.find(call.method, call.path) === null) continue
      expect(iamAllows(kept, arn(call)), `${call.method} ${call.path}`).toBe(expected)
      expect(iamAllows(kept, arn(call, STAGE.replace('/prod', '/beta')))).toBe(false)
    }
  })
}

function planned(routes: readonly ProtectedRoute[], undeclaredPaths: PolicyPlanOptions['undeclaredPaths']): 'refused' | 'expressible' {
  try {
    protectedRoutes(routes)
    policyPlan({ routes, undeclaredPaths })
    return 'expressible'
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError)
    return 'refused'
  }
}

describe('the policy of a stage under the cache of a gateway', () => {
  it.each(['denied', 'not-routed'] as const)('any order of calls gets the verdicts of no cache, undeclared paths %s', (undeclaredPaths) => {
    const seen = { refused: 0, judged: 0 }
    fc.assert(anyOrder(ours(undeclaredPaths), undeclaredPaths, seen), { numRuns: RUNS })
    // The property says nothing of tables that are refused, so most must not be.
    expect(seen.judged).toBeGreaterThan(RUNS / 2)
    console.log(`policy (${undeclaredPaths}): ${seen.judged} tables judged, ${seen.refused} refused at start`)
  })
})

describe('a path with percent signs', () => {
  // The same request, some of its characters written as escapes, slashes among them.
  const escaped = fc
    .tuple(plainPath, fc.infiniteStream(fc.integer({ min: 0, max: 4 })))
    .map(([plain, dice]) => `/${plain.slice(1).replaceAll(/./g, (each) => (dice.next().value === 0 ? hex(each) : each))}`)
  const hex = (text: string): string => `%${text.charCodeAt(0).toString(16).padStart(2, '0')}`

  it('opens no route, whether the gateway decodes it before it looks for the route or not', () => {
    const opened = { raw: 0 }
    fc.assert(
      fc.property(
        rows,
        caller,
        fc.array(fc.tuple(fc.constantFrom('GET', 'POST', 'DELETE', 'PUT'), escaped), { minLength: 20, maxLength: 40 }),
        (routes, principal, calls) => {
          if (planned(routes, 'denied') === 'refused') return
          const kept = ours('denied')(routes, principal, { method: 'GET', path: '/' })
          for (const [method, path] of calls) {
            const asked = { method, path }
            if (!iamAllows(kept, arn(asked))) continue
            opened.raw++
            expect(verdict(routes, principal, asked), `${asked.method} ${path}`).toBe(true)
            const decoded = { ...asked, path: decodeURIComponent(path) }
            const routed = protectedRoutes(routes).find(decoded.method, decoded.path)
            if (routed !== null) expect(mayCall(principal)(routed), `${asked.method} ${path} decoded`).toBe(true)
          }
        },
      ),
      { numRuns: RUNS },
    )
    expect(opened.raw).toBeGreaterThan(100)
  })
})

const narrow = (policy: PolicyDocument, change: (resource: string) => string | null, effect: 'Allow' | 'Deny'): AnyPolicy => ({
  Statement: policy.Statement.map((statement) =>
    statement.Effect === effect ? { ...statement, Resource: statement.Resource.flatMap((each) => change(each) ?? []) } : statement,
  ),
})

describe('planted faults', () => {
  const full = (routes: readonly ProtectedRoute[], principal: Principal): PolicyDocument =>
    stagePolicy(STAGE, policyPlan({ routes, undeclaredPaths: 'denied' }), mayCall(principal))
  const faults: Readonly<Record<string, Builder>> = {
    'a policy from the ARN of the call': (routes, principal, called) => ({
      Statement: [{ Action: 'execute-api:Invoke', Effect: verdict(routes, principal, called) ? 'Allow' : 'Deny', Resource: arn(called) }],
    }),
    'no denies': (routes, principal) => narrow(full(routes, principal), () => null, 'Deny'),
    'no denies beside wildcards': (routes, principal) => narrow(full(routes, principal), (each) => (each.includes('*/*') ? null : each), 'Deny'),
    'no denies of malformed paths': (routes, principal) =>
      narrow(full(routes, principal), (each) => (/\/\*\/(?:\/|\.|\?)/.test(each) ? null : each), 'Deny'),
    'a wildcard for the stage': (routes, principal) => narrow(full(routes, principal), (each) => each.replace('/prod/', '/*/'), 'Allow'),
    'a wildcard for the method': (routes, principal) =>
      narrow(full(routes, principal), (each) => each.replace(/\/prod\/[A-Z]+\//, '/prod/*/'), 'Allow'),
    'everything allowed': () => ({ Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }] }),
    'everything of the stage allowed': () => ({ Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: `${STAGE}/*` }] }),
  }

  it.each(Object.keys(faults))('%s: found', (name) => {
    const details = fc.check(anyOrder(faults[name]!, 'denied', { refused: 0, judged: 0 }), { numRuns: 5_000 })
    expect(details.failed).toBe(true)
  })
})
