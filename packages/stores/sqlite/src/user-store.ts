import { InvariantError, type Attributes, type Identity, type User, type UserMove, type UserStatus, type UserStore } from '@sallyport/core'
import type { Database } from './database.ts'
import { fromJson } from './errors.ts'
import { pageLimit } from './page-limit.ts'

type UserRow = [
  id: string,
  email: string,
  emailVerified: number,
  name: string | null,
  roles: string,
  status: UserStatus,
  attributes: string,
  version: number,
  credentialsVersion: number,
  createdAt: number,
  updatedAt: number,
]
type IdentityRow = [key: string, userId: string, passwordHash: string | null, createdAt: number]
type VersionRow = [version: number, attemptId: string | null]

const USER = 'id, email, email_verified, name, roles, status, attributes, version, credentials_version, created_at, updated_at'
const IDENTITY = 'key, user_id, password_hash, created_at'

export function sqliteUserStore({ database }: { readonly database: Database }): UserStore {
  const insertUser = database.prepare(`INSERT INTO users (${USER}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
  const insertIdentity = database.prepare(`INSERT INTO identities (${IDENTITY}) VALUES (?, ?, ?, ?)`)
  const holder = database.prepare<[userId: string]>('SELECT user_id FROM identities WHERE key = ?')
  const find = database.prepare<UserRow>(`SELECT ${USER} FROM users WHERE id = ?`)
  const findByIdentity = database.prepare<[...UserRow, ...IdentityRow]>(`
    SELECT ${USER.replaceAll(/\w+/g, 'users.$&')}, identities.key, identities.user_id, identities.password_hash, identities.created_at
    FROM identities JOIN users ON users.id = identities.user_id WHERE identities.key = ?`)
  const identities = database.prepare<IdentityRow>(`SELECT ${IDENTITY} FROM identities WHERE user_id = ?`)
  const versionOf = database.prepare<VersionRow>('SELECT version, attempt_id FROM users WHERE id = ?')
  const updateUser = database.prepare(`
    UPDATE users SET email = ?, email_verified = ?, name = ?, roles = ?, status = ?, attributes = ?, version = ?, credentials_version = ?,
      created_at = ?, updated_at = ?, attempt_id = ?
    WHERE id = ?`)
  const updateIdentity = database.prepare('UPDATE identities SET password_hash = ?, created_at = ? WHERE key = ? AND user_id = ?')
  const deleteIdentity = database.prepare('DELETE FROM identities WHERE key = ?')
  const deleteUser = database.prepare('DELETE FROM users WHERE id = ?')
  const list = database.prepare<UserRow>(`SELECT ${USER} FROM users WHERE id > ? ORDER BY id LIMIT ?`)

  const holds = (userId: string, key: string): boolean => holder.first(key)?.[0] === userId

  /** `null` when the stored version is the one this change is made for. Called inside the transaction, before anything is written. */
  function refusal({ user, attemptId }: Pick<UserMove, 'user' | 'attemptId'>): 'replaced' | 'changed-meanwhile' | 'absent' | null {
    const row = versionOf.first(user.id)
    if (row === undefined) return 'absent'
    const [version, storedAttemptId] = row
    if (version === user.version - 1) return null
    return version === user.version && storedAttemptId === attemptId ? 'replaced' : 'changed-meanwhile'
  }

  function storeUser(user: User, attemptId: string): void {
    const [id, ...columns] = userValues(user)
    updateUser.run(...columns, attemptId, id)
  }

  return {
    create: (user, identity) =>
      database.transaction(() => {
        if (identity.userId !== user.id) throw new InvariantError('An identity is created with the user it belongs to.')
        const heldBy = holder.first(identity.key)
        if (heldBy !== undefined) return heldBy[0] === user.id ? 'created' : 'identity-taken'
        // An id is given once: this is the late repetition of a create whose identity has moved on, and the user stays as it is.
        if (versionOf.first(user.id) !== undefined) return 'identity-taken'
        insertUser.run(...userValues(user))
        insertIdentity.run(...identityValues(identity))
        return 'created'
      }),

    find: (userId) =>
      database.read(() => {
        const row = find.first(userId)
        return row === undefined ? null : userOf(row)
      }),

    findByIdentity: (key) =>
      database.read(() => {
        const row = findByIdentity.first(key)
        return row === undefined ? null : { user: userOf(row.slice(0, 11) as UserRow), identity: identityOf(row.slice(11) as IdentityRow) }
      }),

    identities: (userId) => database.read(() => identities.all(userId).map(identityOf)),

    replace: ({ user, identity, attemptId }) =>
      database.transaction(() => {
        const refused = refusal({ user, attemptId })
        if (refused !== null) return refused
        if (identity !== null && !holds(user.id, identity.key)) return 'absent'
        storeUser(user, attemptId)
        if (identity !== null) updateIdentity.run(identity.passwordHash, identity.createdAt, identity.key, user.id)
        return 'replaced'
      }),

    moveIdentity: ({ user, from, to, attemptId }) =>
      database.transaction(() => {
        if (to.userId !== user.id) throw new InvariantError('An identity moves within the user it belongs to.')
        const refused = refusal({ user, attemptId })
        if (refused !== null) return refused
        if (!holds(user.id, from)) return 'absent'
        if (holder.first(to.key) !== undefined) return 'identity-taken'
        storeUser(user, attemptId)
        deleteIdentity.run(from)
        insertIdentity.run(...identityValues(to))
        return 'replaced'
      }),

    // The identities go by the foreign key's cascade, in the same statement.
    delete: (userId) => database.write(() => deleteUser.run(userId) === 1),

    list: ({ limit, cursor }) =>
      database.read(() => {
        const users = list.all(cursor ?? '', pageLimit(limit) + 1).map(userOf)
        return users.length <= limit ? { users, cursor: null } : { users: users.slice(0, limit), cursor: users[limit - 1]?.id ?? null }
      }),
  }
}

function userValues(user: User): UserRow {
  const { id, email, emailVerified, name, roles, status, attributes, version, credentialsVersion, createdAt, updatedAt } = user
  const verified = emailVerified ? 1 : 0
  return [id, email, verified, name, JSON.stringify(roles), status, JSON.stringify(attributes), version, credentialsVersion, createdAt, updatedAt]
}

function userOf(row: UserRow): User {
  const [id, email, emailVerified, name, roles, status, attributes, version, credentialsVersion, createdAt, updatedAt] = row
  return {
    id,
    email,
    emailVerified: emailVerified === 1,
    name,
    roles: fromJson(roles, 'users') as string[],
    status,
    attributes: fromJson(attributes, 'users') as Attributes,
    version,
    credentialsVersion,
    createdAt,
    updatedAt,
  }
}

function identityValues({ key, userId, passwordHash, createdAt }: Identity): IdentityRow {
  return [key, userId, passwordHash, createdAt]
}

function identityOf([key, userId, passwordHash, createdAt]: IdentityRow): Identity {
  return { key, userId, passwordHash, createdAt }
}
