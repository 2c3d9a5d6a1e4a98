import { ConflictError } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import { normalizePassword } from '../user/password-policy.ts'
import { passwordIdentityKey, type User } from '../user/user.ts'
import { newAttemptId, type Dependencies } from './dependencies.ts'
import type { FinishDeletion } from './finish-deletion.ts'

export type DeleteAccountOutcome = 'deleted' | 'bad-credentials'

/**
 * Proves the password and deletes the user with everything that hangs on it; the address is free then. First the status makes every sign-in fail, then sessions end,
 * then the rows go: cut short anywhere, it is finished by doing it again, by a sign-in, or by a registration of the address.
 */
export type DeleteAccount = (principal: Principal, password: string, context: RequestContext) => Promise<DeleteAccountOutcome>

const MAX_TRIES = 5

export function deleteAccount(
  dependencies: Pick<Dependencies, 'users' | 'hasher' | 'clock' | 'random' | 'audit'> & { readonly finishDeletion: FinishDeletion },
): DeleteAccount {
  const { users, hasher, clock, random, audit, finishDeletion } = dependencies

  return async (principal, password, context) => {
    const normal = normalizePassword(password)
    const user = await users.find(principal.userId)
    const found = user === null ? null : await users.findByIdentity(passwordIdentityKey(user.email))
    const own = found !== null && found.user.id === principal.userId ? found : null
    const { matches } = await hasher.verify(normal ?? '', normal === null ? null : (own?.identity.passwordHash ?? null))
    if (own === null || !matches) {
      await audit({ name: 'password.change-refused', userId: principal.userId, sessionId: principal.sessionId, reason: 'bad-credentials' }, context)
      return 'bad-credentials'
    }
    if (!(await markDeleting(own.user))) return 'bad-credentials'
    await finishDeletion(own.user.id)
    await audit({ name: 'user.deleted', userId: own.user.id, sessionId: principal.sessionId, reason: 'self' }, context)
    return 'deleted'
  }

  /** `false` when the credentials changed after they were checked. */
  async function markDeleting(checked: User): Promise<boolean> {
    let user: User | null = checked
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      if (user === null || user.status === 'deleting') return true
      if (user.credentialsVersion !== checked.credentialsVersion) return false
      const changed: User = {
        ...user,
        status: 'deleting',
        version: user.version + 1,
        credentialsVersion: user.credentialsVersion + 1,
        updatedAt: clock.now(),
      }
      if ((await users.replace({ user: changed, identity: null, attemptId: newAttemptId(random) })) === 'replaced') return true
      user = await users.find(checked.id)
    }
    throw new ConflictError('The user is being changed by too many at once')
  }
}
