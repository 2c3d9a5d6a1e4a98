import type { Principal } from '../session/principal.ts'
import { claimsOf, type Claims } from '../session/session.ts'
import type { Dependencies } from './dependencies.ts'

/**
 * The caller as the credential carries it, without a store; where the configuration keeps profiles out of tokens, one read of the user.
 * `null` when the user is gone.
 */
export type ReadProfile = (principal: Principal) => Claims | null | Promise<Claims | null>

export function readProfile({ users }: Pick<Dependencies, 'users'>): ReadProfile {
  return (principal) =>
    principal.profile ?? users.find(principal.userId).then((user) => (user === null || user.status !== 'active' ? null : claimsOf(user)))
}
