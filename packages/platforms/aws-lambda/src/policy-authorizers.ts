// The authorizers that answer with a policy by themselves, for functions that are nothing else: bundlers split by file, and the index names everything.
export { httpPolicyAuthorizer } from './authorizers/http-policy-authorizer.ts'
export { restRequestAuthorizer, restTokenAuthorizer } from './authorizers/rest-authorizers.ts'
// For builds that work the plan out beforehand.
export { planOptions } from './authorizers/plan-options.ts'
export { policyPlan, type PlannedRoute, type PolicyPlanOptions } from './policy/policy-plan.ts'
export { checkPolicySize } from './policy/policy-size.ts'
