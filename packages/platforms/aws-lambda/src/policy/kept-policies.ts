import type { ProtectedRoute } from '@sallyport/guard'
import { stagePolicy, type PolicyDocument } from './iam-policy.ts'
import type { PlannedRoute } from './policy-plan.ts'

/** Stages and sets of rights that an instance meets; beyond that it has forgotten and writes anew. */
const MOST = 256

/**
 * `stagePolicy`, each policy written once: callers differ, and what they may call hardly ever does. A policy is found by the stage and by the verdict on every route, so
 * one that was kept is the one that would be written. Shared between answers, and therefore frozen.
 */
export function keptPolicies(
  plan: readonly PlannedRoute[],
  routes: readonly ProtectedRoute[],
): (stageArn: string, mayCall: (route: ProtectedRoute) => boolean) => PolicyDocument {
  const kept = new Map<string, PolicyDocument>()
  return (stageArn, mayCall) => {
    let key = stageArn
    for (const route of routes) key += mayCall(route) ? '+' : '-'
    const found = kept.get(key)
    if (found !== undefined) return found
    const policy = stagePolicy(stageArn, plan, mayCall)
    Object.freeze(policy)
    for (const statement of Object.freeze(policy.Statement)) Object.freeze(Object.freeze(statement).Resource)
    if (kept.size >= MOST) kept.clear()
    kept.set(key, policy)
    return policy
  }
}
