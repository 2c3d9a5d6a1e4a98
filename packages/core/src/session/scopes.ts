/** Which scopes a role brings; the entry `*` is everybody's. */
export type RoleScopes = { readonly [role: string]: readonly string[] }

/** The scopes of somebody with these roles, each once, in no promised order. */
export function scopesOf(roles: readonly string[], roleScopes: RoleScopes): readonly string[] {
  const everybody = ownValue(roleScopes, '*')
  if (everybody === undefined && roles.length === 0) return NONE
  const own = [...(everybody ?? []), ...roles.flatMap((role) => ownValue(roleScopes, role) ?? [])]
  return own.length === 0 ? NONE : [...new Set(own)]
}

const NONE: readonly string[] = Object.freeze([])

function ownValue(roleScopes: RoleScopes, role: string): readonly string[] | undefined {
  return Object.hasOwn(roleScopes, role) ? roleScopes[role] : undefined
}
