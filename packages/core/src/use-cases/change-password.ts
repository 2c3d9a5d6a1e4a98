import { ConflictError } from '../errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import type { StartedSession } from '../session/start-session.ts'
import { normalizePassword, refusePassword, type PasswordRefusal } from '../user/password-policy.ts'
import { passwordIdentityKey, type Identity, type User } from '../user/user.ts'
import { newAttemptId, type Dependencies } from './dependencies.ts'

export interface ChangePasswordCommand {
  readonly currentPassword: string
  readonly newPassword: string
}

export type ChangePasswordOutcome =
  | { readonly outcome: 'changed'; readonly user: User; readonly started: StartedSession }
  | { readonly outcome: 'bad-credentials' }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * Proves the current password, stores the new one, ends every session and one-time token of before, and starts a new session for the caller (OWASP ASVS 7.2.4, 7.4.3).
 * Success is told only when all of that is durable. Cut short after the new password is stored, it is completed by doing it again (the new password is then
 * accepted as done) or by the next sign-in; until then the older sessions live. At once with other changes of the password: one wins, the others get `bad-credentials`.
 */
export type ChangePassword = (principal: Principal, command: ChangePasswordCommand, context: RequestContext) => Promise<ChangePasswordOutcome>

const MAX_TRIES = 3

export function changePassword(
  dependencies: Pick<Dependencies, 'users' | 'sessions' | 'oneTimeTokens' | 'hasher' | 'policy' | 'startSession' | 'clock' | 'random' | 'audit'>,
): ChangePassword {
  const { users, sessions, oneTimeTokens, hasher, policy, startSession, clock, random, audit } = dependencies

  const findBy = async (email: string | undefined, { userId }: Principal): Promise<{ user: User; identity: Identity } | null> => {
    const found = email === undefined ? null : await users.findByIdentity(passwordIdentityKey(email))
    return found !== null && found.user.id === userId && found.user.status === 'active' ? found : null
  }

  /** By the address that the credential carries, which saves a read; where that is not the present one, by the user. */
  const find = async (principal: Principal): Promise<{ user: User; identity: Identity } | null> =>
    (await findBy(principal.profile?.email, principal)) ?? findBy((await users.find(principal.userId))?.email, principal)

  const complete = async (user: User, context: RequestContext): Promise<ChangePasswordOutcome> => {
    await oneTimeTokens.endAll(user.id)
    await sessions.endAll({ userId: user.id, floor: user.credentialsVersion, except: null })
    const started = await startSession(user, context)
    if (started === null) return { outcome: 'bad-credentials' }
    await audit({ name: 'password.changed', userId: user.id, sessionId: started.session.id }, context)
    return { outcome: 'changed', user, started }
  }

  return async (principal, { currentPassword, newPassword }, context) => {
    const refuse = async (): Promise<ChangePasswordOutcome> => {
      await audit({ name: 'password.change-refused', userId: principal.userId, sessionId: principal.sessionId, reason: 'bad-credentials' }, context)
      return { outcome: 'bad-credentials' }
    }
    const current = normalizePassword(currentPassword)
    const next = normalizePassword(newPassword)
    let found = await find(principal)
    const proven = await hasher.verify(current ?? '', current === null ? null : (found?.identity.passwordHash ?? null))
    if (found === null || current === null) return refuse()
    if (!proven.matches) {
      const already = next === null ? null : await hasher.verify(next, found.identity.passwordHash)
      return already?.matches === true && found.user.credentialsVersion > 1 ? complete(found.user, context) : refuse()
    }
    const refusal = current === next ? 'unchanged' : refusePassword(newPassword, found.user, policy)
    if (refusal !== null || next === null) return { outcome: 'password-refused', refusal: refusal ?? 'too-long' }

    const passwordHash = await hasher.hash(next)
    const checkedHash = found.identity.passwordHash
    const attemptId = newAttemptId(random)
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const { user, identity } = found
      const changed: User = { ...user, version: user.version + 1, credentialsVersion: user.credentialsVersion + 1, updatedAt: clock.now() }
      const replaced = await users.replace({ user: changed, identity: { ...identity, passwordHash }, attemptId })
      if (replaced === 'replaced') return complete(changed, context)
      found = await find(principal)
      if (found === null || found.identity.passwordHash !== checkedHash) return refuse()
    }
    throw new ConflictError('The user is being changed by too many at once')
  }
}
