import type { RequestContext } from '../request-context.ts'
import type { StartedSession } from '../session/start-session.ts'
import { canonicalEmail } from '../user/email.ts'
import { normalizePassword } from '../user/password-policy.ts'
import { passwordIdentityKey, type Identity, type User } from '../user/user.ts'
import { newAttemptId, type Dependencies } from './dependencies.ts'
import type { FinishDeletion } from './finish-deletion.ts'

export interface LogInCommand {
  readonly email: string
  readonly password: string
}

/** One refusal for an unknown address, a user without password, a wrong password, a disabled and a deleted user: nobody learns who exists. */
export type LogInOutcome =
  { readonly outcome: 'signed-in'; readonly user: User; readonly started: StartedSession } | { readonly outcome: 'bad-credentials' }

/**
 * One read, one hash whoever it is, one write. A stored hash below the policy is replaced before the answer, unless the user changed meanwhile.
 * A sign-in that raced a change of password, a disabling or a deletion is refused. Twice: two sessions.
 */
export type LogIn = (command: LogInCommand, context: RequestContext) => Promise<LogInOutcome>

export function logIn(
  dependencies: Pick<Dependencies, 'users' | 'hasher' | 'startSession' | 'clock' | 'random' | 'audit'> & { readonly finishDeletion: FinishDeletion },
): LogIn {
  const { users, hasher, startSession, clock, random, audit, finishDeletion } = dependencies

  const rehash = async (user: User, identity: Identity, password: string, context: RequestContext): Promise<User> => {
    const stronger: Identity = { ...identity, passwordHash: await hasher.hash(password) }
    const changed: User = { ...user, version: user.version + 1, updatedAt: clock.now() }
    const replaced = await users.replace({ user: changed, identity: stronger, attemptId: newAttemptId(random) })
    if (replaced !== 'replaced') return user
    await audit({ name: 'password.rehashed', userId: user.id }, context)
    return changed
  }

  return async ({ email, password }, context) => {
    const canonical = canonicalEmail(email)
    const normal = normalizePassword(password)
    const found = canonical === null ? null : await users.findByIdentity(passwordIdentityKey(canonical))
    const { matches, needsRehash } = await hasher.verify(normal ?? '', normal === null ? null : (found?.identity.passwordHash ?? null))

    const refuse = async (reason: string): Promise<LogInOutcome> => {
      await audit({ name: 'login.failed', userId: found?.user.id ?? null, reason }, context)
      return { outcome: 'bad-credentials' }
    }
    if (found === null) return refuse('unknown-user')
    if (!matches || normal === null) return refuse('wrong-password')
    if (found.user.status === 'disabled') return refuse('disabled')
    if (found.user.status === 'deleting') {
      await finishDeletion(found.user.id)
      return refuse('deleted')
    }
    const user = needsRehash ? await rehash(found.user, found.identity, normal, context) : found.user
    const started = await startSession(user, context)
    if (started === null) return refuse('changed-meanwhile')
    await audit({ name: 'login.succeeded', userId: user.id, sessionId: started.session.id }, context)
    return { outcome: 'signed-in', user, started }
  }
}
