import type { RequestContext } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import type { Attributes, User } from '../user/user.ts'
import type { Dependencies } from './dependencies.ts'
import { reviseUser } from './revise-user.ts'

/** What is left out stays as it is. `attributes` replaces them all. */
export interface ChangeProfileCommand {
  readonly name?: string | null
  readonly attributes?: Attributes
}

export type ChangeProfileOutcome = { readonly outcome: 'changed'; readonly user: User } | { readonly outcome: 'absent' }

/**
 * Changes the user, then what its sessions carry; done when both are. At once with other changes: each lands on top of the one before (up to five tries, then
 * `ConflictError`). Twice: the same. `absent` when the user is gone.
 */
export type ChangeProfile = (principal: Principal, command: ChangeProfileCommand, context: RequestContext) => Promise<ChangeProfileOutcome>

export function changeProfile(dependencies: Pick<Dependencies, 'users' | 'sessions' | 'clock' | 'random' | 'audit'>): ChangeProfile {
  return async (principal, command, context) => {
    const user = await reviseUser(dependencies, principal.userId, command)
    if (user === null) return { outcome: 'absent' }
    await dependencies.audit({ name: 'user.changed', userId: user.id, sessionId: principal.sessionId, reason: 'profile' }, context)
    return { outcome: 'changed', user }
  }
}
