import type { PolicyPlanOptions } from '../policy/policy-plan.ts'
import { ruleHere, type RouteAuthorizerOptions } from './authorizer-options.ts'

/** What `policyPlan` is asked for an authorizer with these options. It depends on nothing else, so that a build can work the plan out. */
export function planOptions({
  routes,
  recheckedBehind,
  undeclaredPaths,
}: Pick<RouteAuthorizerOptions, 'routes' | 'recheckedBehind'> & Pick<PolicyPlanOptions, 'undeclaredPaths'>): PolicyPlanOptions {
  return { routes: routes.map((route) => ({ ...route, rule: ruleHere(route.rule, recheckedBehind) })), undeclaredPaths }
}
