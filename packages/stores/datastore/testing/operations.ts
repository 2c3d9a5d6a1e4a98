import { HOUR, type Session, type Stores, type User } from '@sallyport/core'
import { newIdentity, newKey, newSession, newToken, newUser, NOW } from './samples.ts'

/** One call of a port, on a user (and a generation) of its own. */
export interface Operation {
  readonly name: string
  /** What must be there before. */
  readonly given: (stores: Stores, subject: Subject) => Promise<unknown>
  readonly run: (stores: Stores, subject: Subject) => Promise<unknown>
  /** The short form of the right answer. */
  readonly answer: unknown
  /** Whether what the answer says is so, seen by somebody else. Left out where nothing is written. */
  readonly holds?: (stores: Stores, subject: Subject) => Promise<boolean>
  /** Requests, and entities read and written, when nothing goes wrong. */
  readonly cost: readonly [requests: string, read: number, written: number]
}

export interface Subject {
  readonly user: User
  readonly generation: number
}

const nothing = async (): Promise<void> => {}
const register = (stores: Stores, { user }: Subject): Promise<unknown> => stores.users.create(user, newIdentity(user))
const sessionId = ({ user }: Subject): string => `session-of-${user.id}`
const session = (subject: Subject): Session => newSession(subject.user, sessionId(subject))
const signIn = (stores: Stores, subject: Subject): Promise<unknown> => stores.sessions.create(session(subject))
const key = (subject: Subject) => ({ userId: subject.user.id, sessionId: sessionId(subject) })
const found = (stores: Stores, subject: Subject): Promise<Session | null> => stores.sessions.find(subject.user.id, sessionId(subject))
const changed = ({ user }: Subject): User => ({ ...user, version: 2, email: `new-${user.email}` })
const token = ({ user }: Subject) => newToken(user)
const attemptId = 'attempt'
const signingKey = ({ user, generation }: Subject) => newKey(generation, `kid-of-${user.id}`)
const addKey = (stores: Stores, subject: Subject): Promise<unknown> => stores.keys.insert(signingKey(subject))
const keyOf = async (stores: Stores, { generation }: Subject) => (await stores.keys.list()).find((each) => each.generation === generation)
const rotation = (subject: Subject) => ({ ...key(subject), counter: 0, graceMs: 0, idleExpiresAt: NOW + 2 * HOUR })

export const OPERATIONS: readonly Operation[] = [
  {
    name: 'users.create',
    given: nothing,
    run: register,
    answer: 'created',
    holds: async (stores, { user }) => (await stores.users.findByIdentity(newIdentity(user).key))?.user.id === user.id,
    cost: ['Commit', 0, 2],
  },
  {
    name: 'users.create of a taken identity',
    given: register,
    run: (stores, { user }) => stores.users.create(newUser(`rival-of-${user.id}`), { ...newIdentity(user), userId: `rival-of-${user.id}` }),
    answer: 'identity-taken',
    cost: ['Commit Lookup', 2, 0],
  },
  {
    name: 'users.find',
    given: register,
    run: async (stores, { user }) => (await stores.users.find(user.id))?.version,
    answer: 1,
    cost: ['Lookup', 1, 0],
  },
  {
    name: 'users.findByIdentity',
    given: register,
    run: async (stores, { user }) => (await stores.users.findByIdentity(newIdentity(user).key))?.user.version,
    answer: 1,
    cost: ['Lookup', 1, 0],
  },
  {
    name: 'users.identities',
    given: register,
    run: async (stores, { user }) => (await stores.users.identities(user.id)).length,
    answer: 1,
    cost: ['Lookup', 1, 0],
  },
  {
    name: 'users.replace',
    given: register,
    run: (stores, { user }) =>
      stores.users.replace({ user: { ...user, version: 2 }, identity: newIdentity(user, { passwordHash: 'new' }), attemptId }),
    answer: 'replaced',
    holds: async (stores, { user }) => (await stores.users.findByIdentity(newIdentity(user).key))?.identity.passwordHash === 'new',
    cost: ['Lookup Commit', 1, 2],
  },
  {
    name: 'users.moveIdentity',
    given: register,
    run: (stores, subject) => {
      const user = changed(subject)
      return stores.users.moveIdentity({ user, from: newIdentity(subject.user).key, to: newIdentity(user), attemptId })
    },
    answer: 'replaced',
    holds: async (stores, subject) =>
      (await stores.users.findByIdentity(newIdentity(subject.user).key)) === null &&
      (await stores.users.findByIdentity(newIdentity(changed(subject)).key)) !== null,
    cost: ['Lookup Commit', 2, 3],
  },
  {
    name: 'users.delete',
    given: register,
    run: (stores, { user }) => stores.users.delete(user.id),
    answer: true,
    holds: async (stores, { user }) =>
      (await stores.users.find(user.id)) === null && (await stores.users.findByIdentity(newIdentity(user).key)) === null,
    cost: ['Lookup Commit', 1, 2],
  },
  {
    name: 'users.list',
    given: register,
    run: async (stores) => (await stores.users.list({ limit: 1, cursor: null })).users.length,
    answer: 1,
    cost: ['RunQuery', 2, 0],
  },
  {
    name: 'sessions.create',
    given: nothing,
    run: async (stores, subject) => (await stores.sessions.create(session(subject))).outcome,
    answer: 'created',
    holds: async (stores, subject) => (await found(stores, subject)) !== null,
    cost: ['Lookup Commit', 2, 2],
  },
  {
    name: 'sessions.find',
    given: signIn,
    run: async (stores, subject) => (await found(stores, subject))?.counter,
    answer: 0,
    cost: ['Lookup', 1, 0],
  },
  {
    // Without a grace nothing but the attempt's own id tells the own write from a theft.
    name: 'sessions.rotate',
    given: signIn,
    run: async (stores, subject) => (await stores.sessions.rotate(rotation(subject))).outcome,
    answer: 'rotated',
    holds: async (stores, subject) => (await found(stores, subject))?.counter === 1,
    cost: ['Lookup Commit', 1, 1],
  },
  {
    name: 'sessions.rotate repeated',
    given: async (stores, subject) => {
      await signIn(stores, subject)
      await stores.sessions.rotate(rotation(subject))
    },
    run: async (stores, subject) => (await stores.sessions.rotate({ ...rotation(subject), graceMs: 10_000 })).outcome,
    answer: 'repeated',
    cost: ['Lookup', 1, 0],
  },
  {
    name: 'sessions.prolong',
    given: signIn,
    run: async (stores, subject) =>
      (await stores.sessions.prolong({ ...key(subject), secretHash: session(subject).secretHash ?? '', idleExpiresAt: NOW + 2 * HOUR }))
        ?.idleExpiresAt,
    answer: NOW + 2 * HOUR,
    holds: async (stores, subject) => (await found(stores, subject))?.idleExpiresAt === NOW + 2 * HOUR,
    cost: ['Lookup Commit', 1, 1],
  },
  {
    name: 'sessions.end',
    given: signIn,
    run: (stores, subject) => stores.sessions.end({ ...key(subject), secretHash: null }),
    answer: true,
    holds: async (stores, subject) => (await found(stores, subject)) === null,
    cost: ['Lookup Commit', 1, 1],
  },
  {
    name: 'sessions.endAll',
    given: async (stores, subject) => {
      await signIn(stores, subject)
      await stores.sessions.create(newSession(subject.user, `other-${sessionId(subject)}`))
    },
    run: (stores, { user }) => stores.sessions.endAll({ userId: user.id, floor: 2, except: null }),
    answer: 2,
    holds: async (stores, subject) =>
      (await found(stores, subject)) === null && (await stores.sessions.create(session(subject))).outcome === 'credentials-outdated',
    cost: ['Lookup Commit RunQuery Commit', 3, 3],
  },
  {
    name: 'sessions.list',
    given: signIn,
    run: async (stores, { user }) => (await stores.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions.length,
    answer: 1,
    cost: ['RunQuery', 1, 0],
  },
  {
    name: 'sessions.rewriteClaims',
    given: signIn,
    run: (stores, { user }) => stores.sessions.rewriteClaims(user.id, { ...session({ user, generation: 1 }).claims, version: 2, roles: [] }),
    answer: undefined,
    holds: async (stores, subject) => (await found(stores, subject))?.claims.version === 2,
    cost: ['Lookup Commit RunQuery Commit', 2, 2],
  },
  {
    name: 'oneTimeTokens.issue',
    given: nothing,
    run: (stores, subject) => stores.oneTimeTokens.issue(token(subject)),
    answer: undefined,
    holds: async (stores, subject) => (await stores.oneTimeTokens.consume({ ...token(subject), attemptId })) !== null,
    cost: ['Lookup Commit', 1, 1],
  },
  {
    name: 'oneTimeTokens.consume',
    given: (stores, subject) => stores.oneTimeTokens.issue(token(subject)),
    run: async (stores, subject) => (await stores.oneTimeTokens.consume({ ...token(subject), attemptId }))?.purpose,
    answer: 'reset-password',
    holds: async (stores, subject) => (await stores.oneTimeTokens.consume({ ...token(subject), attemptId: 'another' })) === null,
    cost: ['Lookup Commit', 1, 1],
  },
  {
    name: 'oneTimeTokens.endAll',
    given: (stores, subject) => stores.oneTimeTokens.issue(token(subject)),
    run: (stores, { user }) => stores.oneTimeTokens.endAll(user.id),
    answer: undefined,
    holds: async (stores, subject) => (await stores.oneTimeTokens.consume({ ...token(subject), attemptId })) === null,
    cost: ['Commit', 0, 3],
  },
  {
    name: 'counters.count of two hits',
    given: nothing,
    run: async (stores, { user }) => {
      const hits = ['account', 'network'].map((name) => ({ key: `${name}:${user.id}`, windowMs: HOUR }))
      return (await stores.counters.count(hits)).length
    },
    answer: 2,
    // Exactly once when nothing got lost; never less.
    holds: async (stores, { user }) => ((await stores.counters.count([{ key: `account:${user.id}`, windowMs: HOUR }]))[0]?.count ?? 0) >= 2,
    cost: ['Lookup Commit', 2, 2],
  },
  {
    name: 'keys.insert',
    given: nothing,
    run: addKey,
    answer: 'inserted',
    holds: async (stores, subject) => (await keyOf(stores, subject))?.kid === signingKey(subject).kid,
    cost: ['Commit', 0, 1],
  },
  {
    name: 'keys.list',
    given: addKey,
    run: async (stores, subject) => (await keyOf(stores, subject))?.kid === signingKey(subject).kid,
    answer: true,
    cost: ['RunQuery', 1, 0],
  },
  {
    name: 'keys.promote',
    given: addKey,
    run: (stores, { generation }) => stores.keys.promote(generation, NOW),
    answer: true,
    holds: async (stores, subject) => (await keyOf(stores, subject))?.activeFrom === NOW,
    cost: ['Lookup Commit', 1, 1],
  },
  {
    name: 'keys.retire',
    given: addKey,
    run: (stores, { generation }) => stores.keys.retire(generation, NOW),
    answer: true,
    holds: async (stores, subject) => (await keyOf(stores, subject))?.wrappedPrivateKey === null,
    cost: ['Lookup Commit', 1, 1],
  },
]
