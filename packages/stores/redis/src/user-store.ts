import {
  InvariantError,
  passwordIdentityKey,
  StoreUnavailableError,
  type Attributes,
  type Identity,
  type User,
  type UserChange,
  type UserMove,
  type UserStatus,
  type UserStore,
} from '@sallyport/core'
import type { Connection, Sending } from './connection.ts'
import { corrupt, decode, encode, identityDigest, type Keyspace } from './keyspace.ts'
import { pageLimit } from './page-limit.ts'
import { CHANGE, CREATE, DELETE } from './user-scripts.ts'

type UserBody = [
  email: string,
  emailVerified: boolean,
  name: string | null,
  roles: readonly string[],
  status: UserStatus,
  attributes: Attributes,
  credentialsVersion: number,
  createdAt: number,
  updatedAt: number,
]
type IdentityBody = [key: string, passwordHash: string | null, createdAt: number]
type UserRecord = [version: number, attemptId: string | null, userId: string, user: UserBody, ...identities: (string | IdentityBody)[]]

/** How often a change may come back because the identities of the user changed in between; each time somebody else's change has succeeded. */
const MOST_ROUNDS = 5

export function redisUserStore({ connection, keys }: { readonly connection: Connection; readonly keys: Keyspace }): UserStore {
  /**
   * Runs a script whose declared keys follow from a guess at the identities of the user: nearly always right at first (one password identity, of the user's address). Where it is
   * wrong the script changes nothing and tells the digests.
   */
  async function declaring<Reply>(guess: readonly string[], run: (digests: readonly string[]) => Promise<unknown>): Promise<Reply> {
    let digests = [...new Set(guess)]
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const reply = await run(digests)
      if (!Array.isArray(reply)) return reply as Reply
      digests = [...new Set([...guess, ...(reply as string[]).map((digest) => JSON.parse(digest) as string)])]
    }
    throw new StoreUnavailableError('The identities of the user keep changing.')
  }

  function change<Outcome>({ user, attemptId }: Omit<UserChange, 'identity'>, from: string | null, to: Identity | null): Promise<Outcome> {
    const sending: Sending = { deadline: connection.deadline() }
    const taken = to === null ? '' : JSON.stringify(identityDigest(to.key))
    const given = from === null ? '' : JSON.stringify(identityDigest(from))
    const lines = [JSON.stringify(user.version), JSON.stringify(attemptId), JSON.stringify(user.id), JSON.stringify(bodyOf(user))]
    const args = [...lines, given, taken, to === null ? '' : JSON.stringify(identityBody(to))]
    const guess = [from, to?.key ?? null, passwordIdentityKey(user.email)].filter((key) => key !== null).map(identityDigest)
    return declaring(guess, (digests) =>
      connection.evaluate(CHANGE, {
        ...sending,
        keys: [keys.user(user.id), ...digests.map(keys.identity)],
        args: [...args, ...digests.map((digest) => JSON.stringify(digest))],
      }),
    )
  }

  return {
    async create(user, identity) {
      if (identity.userId !== user.id) throw new InvariantError('An identity is created with the user it belongs to.')
      const digest = identityDigest(identity.key)
      const record = encode([user.version, null, user.id, bodyOf(user), digest, identityBody(identity)])
      const reply = await connection.evaluate(CREATE, {
        keys: [keys.user(user.id), keys.identity(digest), keys.users],
        args: [record, JSON.stringify(user.id), user.id],
      })
      return reply as 'created' | 'identity-taken'
    },

    async find(userId) {
      const stored = await connection.command('GET', [keys.user(userId)])
      return stored === null ? null : userOf(decode(stored) as UserRecord)
    },

    async findByIdentity(key) {
      const stored = await connection.command('GET', [keys.identity(identityDigest(key))])
      if (stored === null) return null
      const record = decode(stored) as UserRecord
      const identity = identitiesOf(record).find((each) => each.key === key)
      return identity === undefined ? null : { user: userOf(record), identity }
    },

    async identities(userId) {
      const stored = await connection.command('GET', [keys.user(userId)])
      return stored === null ? [] : identitiesOf(decode(stored) as UserRecord)
    },

    replace: ({ user, identity, attemptId }: UserChange) => change({ user, attemptId }, identity?.key ?? null, identity),

    async moveIdentity({ user, from, to, attemptId }: UserMove) {
      if (to.userId !== user.id) throw new InvariantError('An identity moves within the user it belongs to.')
      return change({ user, attemptId }, from, to)
    },

    async delete(userId) {
      const sending: Sending = {
        deadline: connection.deadline(),
        // Whether the lost attempt deleted it or somebody else did, nobody knows.
        isMoot: (answer) => answer === 0,
      }
      const deleted = await declaring<number>([], (digests) =>
        connection.evaluate(DELETE, {
          ...sending,
          keys: [keys.user(userId), keys.users, ...digests.map(keys.identity)],
          args: [userId, ...digests.map((digest) => JSON.stringify(digest))],
        }),
      )
      return deleted === 1
    },

    async list({ limit, cursor }) {
      const sending = { deadline: connection.deadline() }
      const range = [cursor === null ? '-' : `(${cursor}`, '+', 'BYLEX', 'LIMIT', '0', String(pageLimit(limit) + 1)]
      const ids = await connection.command('ZRANGE', [keys.users, ...range], sending)
      if (!Array.isArray(ids)) throw corrupt()
      const page = (ids as readonly string[]).slice(0, limit)
      if (page.length === 0) return { users: [], cursor: null }
      const found = await connection.command('MGET', page.map(keys.user), sending)
      if (!Array.isArray(found)) throw corrupt()
      // A user that went between the two looks is left out.
      const users = found.filter((stored) => stored !== null).map((stored) => userOf(decode(stored) as UserRecord))
      return { users, cursor: ids.length > limit ? (page.at(-1) ?? null) : null }
    },
  }
}

function bodyOf({ email, emailVerified, name, roles, status, attributes, credentialsVersion, createdAt, updatedAt }: User): UserBody {
  return [email, emailVerified, name, roles, status, attributes, credentialsVersion, createdAt, updatedAt]
}

function userOf([version, , id, body]: UserRecord): User {
  const [email, emailVerified, name, roles, status, attributes, credentialsVersion, createdAt, updatedAt] = body
  return { id, email, emailVerified, name, roles, status, attributes, version, credentialsVersion, createdAt, updatedAt }
}

function identityBody({ key, passwordHash, createdAt }: Identity): IdentityBody {
  return [key, passwordHash, createdAt]
}

function identitiesOf([, , userId, , ...pairs]: UserRecord): Identity[] {
  const bodies = pairs.filter((each): each is IdentityBody => typeof each !== 'string')
  return bodies.map(([key, passwordHash, createdAt]) => ({ key, userId, passwordHash, createdAt }))
}
