import { judge, type Principal, type SignedInRule } from '@sallyport/core'
import { contextOf, decider, protectedRoutes, type PrincipalContext, type ProtectedRoute, type ProtectedRoutes, type Ruling } from '@sallyport/guard'
import type { HttpHeaders } from '@sallyport/http'
import type { ExecuteApiArn } from '../policy/execute-api-arn.ts'
import { refuseAll, type PolicyDocument } from '../policy/iam-policy.ts'
import { keptPolicies } from '../policy/kept-policies.ts'
import { policyPlan, type PolicyPlanOptions } from '../policy/policy-plan.ts'
import { checkPolicySize } from '../policy/policy-size.ts'
import { authorizerFailure, unauthorized } from './authorizer-errors.ts'
import { checkCaching, type RouteAuthorizerOptions } from './authorizer-options.ts'
import { planOptions } from './plan-options.ts'

/** The answer of an authorizer whose gateway judges each request by a policy. */
export interface PolicyResponse {
  /** The user; `anonymous` where nobody is let in as nobody, or refused. */
  readonly principalId: string
  readonly policyDocument: PolicyDocument
  readonly context: PrincipalContext
}

export interface PolicyAuthorizerOptions extends RouteAuthorizerOptions, Pick<PolicyPlanOptions, 'undeclaredPaths'> {
  /** Of nobody: 401, as a REST API gives it to whoever throws `Unauthorized`, or a policy with the public routes alone. */
  readonly nobody: 'unauthorized' | 'public-routes'
}

export interface PolicyQuestion {
  readonly arn: ExecuteApiArn
  readonly headers: HttpHeaders
  readonly requestId: string
}

export interface PolicyDecision {
  readonly routes: ProtectedRoutes
  /** Rejects with `Unauthorized`, or with another error for what could not be decided. */
  readonly decide: (question: PolicyQuestion) => Promise<PolicyResponse>
}

const SIGNED_IN: SignedInRule = { access: 'signed-in' }
const STRICTLY: SignedInRule = { access: 'signed-in', strict: true }

/**
 * Who is asking, and from that the policy for the whole stage. Throws `ConfigurationError` (`configuration`) for routes whose verdicts the gateway could not keep or no
 * policy could express.
 */
export function policyDecision(options: PolicyAuthorizerOptions): PolicyDecision {
  checkCaching(options)
  const { clock, ttlSeconds, nobody } = options
  const planned = planOptions(options)
  const routes = protectedRoutes(planned.routes)
  const plan = policyPlan(planned)
  checkPolicySize(plan)
  const ask = decider(options)
  const policies = keptPolicies(plan, planned.routes)

  const mayCall =
    (principal: Principal, strictly: boolean) =>
    ({ rule }: ProtectedRoute): boolean =>
      rule.access === 'public' || ((strictly || rule.strict !== true) && judge(principal, rule, clock).allowed)
  const publicOnly = (stageArn: string): PolicyResponse => ({
    principalId: 'anonymous',
    policyDocument: policies(stageArn, isPublic),
    context: {},
  })

  return {
    routes,
    decide: async ({ arn, headers, requestId }) => {
      const { stageArn, method, path } = arn
      const kept = ttlSeconds > 0
      const called = routes.find(method, path)
      const asked = kept ? null : called
      const strictly = asked !== null && asked.rule.access === 'signed-in' && asked.rule.strict === true
      // A policy that is kept must not depend on the page that happened to call first; the functions behind ask about that.
      const ruling = ask({ method: kept ? 'GET' : method, headers, requestId }, strictly ? STRICTLY : SIGNED_IN)
      // A turn of its own only where something has to be waited for.
      const decision = ruling instanceof Promise ? await ruling : ruling
      if (decision.allowed && decision.principal !== null) {
        const { principal, transport } = decision
        const may = mayCall(principal, strictly)
        // The gateway refuses, and only the guard writes it into the audit log.
        if (called !== null && called.rule.access === 'signed-in' && !may(called)) {
          const told = await ask({ method: 'GET', headers, requestId, vouched: { principal, transport } }, { ...called.rule, strict: false })
          if (!told.allowed && told.refusal === 'unavailable') throw authorizerFailure('unavailable')
        }
        return { principalId: principal.userId, policyDocument: policies(stageArn, may), context: contextOf({ principal, transport }) }
      }
      if (asked !== null && isPublic(asked)) return publicOnly(stageArn)
      switch (refusalOf(decision)) {
        case 'unauthenticated':
          if (nobody === 'unauthorized') throw unauthorized()
          return publicOnly(stageArn)
        case 'cross-site':
          return { principalId: 'anonymous', policyDocument: refuseAll(stageArn), context: {} }
        case 'unavailable':
          throw authorizerFailure('unavailable')
        default:
          throw authorizerFailure('broken')
      }
    },
  }
}

/** Refuses the stage in answer to a request that no declared route answers. */
export function refusedStage({ stageArn }: ExecuteApiArn): PolicyResponse {
  return { principalId: 'anonymous', policyDocument: refuseAll(stageArn), context: {} }
}

function refusalOf(decision: Ruling): string {
  return decision.allowed ? 'broken' : decision.refusal
}

function isPublic({ rule }: ProtectedRoute): boolean {
  return rule.access === 'public'
}
