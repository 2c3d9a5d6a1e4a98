import { ConflictError } from '../errors.ts'
import { claimsOf } from '../session/session.ts'
import type { User, UserId } from '../user/user.ts'
import { newAttemptId, type Dependencies } from './dependencies.ts'

const MAX_TRIES = 5

/**
 * Changes an active user, then what its sessions carry; done when both are. At once with other changes: each lands on top of the one before (up to five tries, then
 * `ConflictError`). Twice: the same. `null` when there is no such user.
 */
export async function reviseUser(
  { users, sessions, clock, random }: Pick<Dependencies, 'users' | 'sessions' | 'clock' | 'random'>,
  userId: UserId,
  change: Partial<Pick<User, 'name' | 'attributes' | 'roles'>>,
): Promise<User | null> {
  for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
    const user = await users.find(userId)
    if (user === null || user.status !== 'active') return null
    const changed: User = { ...user, ...change, version: user.version + 1, updatedAt: clock.now() }
    const replaced = await users.replace({ user: changed, identity: null, attemptId: newAttemptId(random) })
    if (replaced === 'absent') return null
    if (replaced === 'changed-meanwhile') continue
    await sessions.rewriteClaims(user.id, claimsOf(changed))
    return changed
  }
  throw new ConflictError('The user is being changed by too many at once')
}
