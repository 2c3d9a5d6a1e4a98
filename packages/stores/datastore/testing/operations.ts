import { HOUR, type Stores, type User } from '@sallyport/core'
import type { Operation, Subject } from './operation.ts'
import { newIdentity, newKey, newToken, newUser, NOW } from './samples.ts'
import { SESSION_OPERATIONS } from './session-operations.ts'

const nothing = async (): Promise<void> => {}
const register = (stores: Stores, { user }: Subject): Promise<unknown> => stores.users.create(user, newIdentity(user))
const changed = ({ user }: Subject): User => ({ ...user, version: 2, email: `new-${user.email}` })
const token = ({ user }: Subject) => newToken(user)
const attemptId = 'attempt'
const signingKey = ({ user, generation }: Subject) => newKey(generation, `kid-of-${user.id}`)
const addKey = (stores: Stores, subject: Subject): Promise<unknown> => stores.keys.insert(signingKey(subject))
const keyOf = async (stores: Stores, { generation }: Subject) => (await stores.keys.list()).find((each) => each.generation === generation)

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
  ...SESSION_OPERATIONS,
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
    // Side by side.
    cost: ['Commit Lookup', 2, 2],
  },
  {
    name: 'counters.count of a hit that follows others',
    given: async (stores, { user }) => stores.counters.count([{ key: `account:${user.id}`, windowMs: HOUR }]),
    run: async (stores, { user }) => ((await stores.counters.count([{ key: `account:${user.id}`, windowMs: HOUR }]))[0]?.count ?? 0) >= 2,
    answer: true,
    holds: async (stores, { user }) => ((await stores.counters.count([{ key: `account:${user.id}`, windowMs: HOUR }]))[0]?.count ?? 0) >= 3,
    cost: ['Commit Lookup Commit', 1, 1],
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
