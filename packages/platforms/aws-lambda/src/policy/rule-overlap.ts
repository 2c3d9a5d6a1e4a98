import type { Rule, SignedInRule } from '@sallyport/core'

/**
 * Whether there can be somebody who may call all of the first and not the last. Roles and scopes are taken as independent, so of two doubtful answers this is the one
 * that refuses a table of routes rather than a wrong policy later.
 */
export function somebodyMay(call: readonly Rule[], butNot: Rule): boolean {
  if (butNot.access === 'public') return false
  // Time and the store refuse whom roles would let in.
  const mayAlways = butNot.freshSeconds === undefined && butNot.strict !== true
  const rules = call.filter((rule): rule is SignedInRule => rule.access === 'signed-in')
  const scopes = new Set(rules.flatMap((rule) => rule.scopes ?? []))
  return roleSets(rules).some((roles) => {
    const enoughRoles = butNot.roles === undefined || butNot.roles.some((role) => roles.has(role))
    const enoughScopes = butNot.scopes === undefined || butNot.scopes.every((scope) => scopes.has(scope))
    return !(mayAlways && enoughRoles && enoughScopes)
  })
}

/** The smallest sets of roles by which all rules are kept. Whoever has more may call more. */
function roleSets(rules: readonly SignedInRule[]): readonly ReadonlySet<string>[] {
  let sets: readonly ReadonlySet<string>[] = [new Set()]
  for (const { roles } of rules) {
    if (roles !== undefined) sets = sets.flatMap((set) => roles.map((role) => new Set([...set, role])))
  }
  return sets
}
