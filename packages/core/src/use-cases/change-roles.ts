import { passwordIdentityKey, ROLES_MAX_BYTES } from '../user/user.ts'
import { canonicalEmail } from '../user/email.ts'
import type { Dependencies } from './dependencies.ts'
import { reviseUser } from './revise-user.ts'

export type ChangeRolesOutcome = 'changed' | 'absent' | 'too-many'

/**
 * Gives the user of that address exactly these roles: for operators, who are asked for no password. They act where the user's sessions are read on the next check, in
 * access tokens within the revocation bound. At once with other changes: each lands on top of the one before (up to five tries, then `ConflictError`). Twice: the same.
 * `absent` when nobody active has that address, `too-many` above {@link ROLES_MAX_BYTES}; then nothing has changed. Throws `StoreUnavailableError`; then it may have happened in part, and is completed by doing it again.
 */
export type ChangeRoles = (email: string, roles: readonly string[]) => Promise<ChangeRolesOutcome>

export function changeRoles(dependencies: Pick<Dependencies, 'users' | 'sessions' | 'clock' | 'random' | 'audit'>): ChangeRoles {
  return async (email, roles) => {
    if (Buffer.byteLength(JSON.stringify(roles)) > ROLES_MAX_BYTES) return 'too-many'
    const canonical = canonicalEmail(email)
    const found = canonical === null ? null : await dependencies.users.findByIdentity(passwordIdentityKey(canonical))
    const user = found === null ? null : await reviseUser(dependencies, found.user.id, { roles })
    if (user === null) return 'absent'
    await dependencies.audit({ name: 'user.changed', userId: user.id, reason: 'roles' })
    return 'changed'
  }
}
