import { ConflictError } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import { claimsOf } from '../session/session.ts'
import type { Attributes, User } from '../user/user.ts'
import { newAttemptId, type Dependencies } from './dependencies.ts'

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

const MAX_TRIES = 5

export function changeProfile({
  users,
  sessions,
  clock,
  random,
  audit,
}: Pick<Dependencies, 'users' | 'sessions' | 'clock' | 'random' | 'audit'>): ChangeProfile {
  return async (principal, command, context) => {
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const user = await users.find(principal.userId)
      if (user === null || user.status !== 'active') return { outcome: 'absent' }
      const changed: User = { ...user, ...command, version: user.version + 1, updatedAt: clock.now() }
      const replaced = await users.replace({ user: changed, identity: null, attemptId: newAttemptId(random) })
      if (replaced === 'absent') return { outcome: 'absent' }
      if (replaced === 'changed-meanwhile') continue
      await sessions.rewriteClaims(user.id, claimsOf(changed))
      await audit({ name: 'user.changed', userId: user.id, sessionId: principal.sessionId, reason: 'profile' }, context)
      return { outcome: 'changed', user: changed }
    }
    throw new ConflictError('The user is being changed by too many at once')
  }
}
