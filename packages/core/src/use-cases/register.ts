import type { RequestContext } from '../request-context.ts'
import type { StartedSession } from '../session/start-session.ts'
import { canonicalEmail } from '../user/email.ts'
import { normalizePassword, refusePassword, type PasswordRefusal } from '../user/password-policy.ts'
import { passwordIdentityKey, type Identity, type User } from '../user/user.ts'
import { uuidV7 } from '../user/uuid-v7.ts'
import { ConflictError } from '../errors.ts'
import type { Dependencies } from './dependencies.ts'
import type { FinishDeletion } from './finish-deletion.ts'

export interface RegisterCommand {
  readonly email: string
  readonly password: string
  readonly name: string | null
}

export type RegisterOutcome =
  | { readonly outcome: 'registered'; readonly user: User; readonly started: StartedSession }
  | { readonly outcome: 'invalid-email' | 'identity-taken' }
  | { readonly outcome: 'password-refused'; readonly refusal: PasswordRefusal }

/**
 * A new user with a password, signed in. The address is unique by the store's own operation, so of any number at once one is registered, and nothing of the
 * others remains. The password is hashed before that is known, so both outcomes take the same time. Twice: `identity-taken`.
 */
export type Register = (command: RegisterCommand, context: RequestContext) => Promise<RegisterOutcome>

export function register(
  dependencies: Pick<Dependencies, 'users' | 'hasher' | 'policy' | 'startSession' | 'clock' | 'random' | 'audit'> & {
    readonly finishDeletion: FinishDeletion
  },
): Register {
  const { users, hasher, policy, startSession, clock, random, audit, finishDeletion } = dependencies

  /** `false` when somebody holds the address. An account whose deletion was begun and cut short is deleted first. */
  const create = async (user: User, identity: Identity): Promise<boolean> => {
    if ((await users.create(user, identity)) === 'created') return true
    const holder = await users.findByIdentity(identity.key)
    if (holder !== null && holder.user.status !== 'deleting') return false
    if (holder !== null) await finishDeletion(holder.user.id)
    return (await users.create(user, identity)) === 'created'
  }

  return async ({ email, password, name }, context) => {
    const canonical = canonicalEmail(email)
    if (canonical === null) return { outcome: 'invalid-email' }
    const refusal = refusePassword(password, { email: canonical, name }, policy)
    const normal = normalizePassword(password)
    if (refusal !== null || normal === null) return { outcome: 'password-refused', refusal: refusal ?? 'too-long' }

    const passwordHash = await hasher.hash(normal)
    const now = clock.now()
    const user: User = {
      id: uuidV7(clock, random),
      email: canonical,
      emailVerified: false,
      name,
      roles: [],
      status: 'active',
      attributes: {},
      version: 1,
      credentialsVersion: 1,
      createdAt: now,
      updatedAt: now,
    }
    const identity: Identity = { key: passwordIdentityKey(canonical), userId: user.id, passwordHash, createdAt: now }
    if (!(await create(user, identity))) {
      await audit({ name: 'user.registration-refused', reason: 'identity-taken' }, context)
      return { outcome: 'identity-taken' }
    }
    const started = await startSession(user, context)
    if (started === null) throw new ConflictError('The user was changed while it was registered')
    await audit({ name: 'user.registered', userId: user.id, sessionId: started.session.id }, context)
    return { outcome: 'registered', user, started }
  }
}
