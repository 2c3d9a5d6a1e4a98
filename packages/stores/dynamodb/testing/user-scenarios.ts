import { passwordIdentityKey, type Stores } from '@sallyport/core'
import { changed, identity, moved, user } from './samples.ts'
import { nothing, type Scenario } from './scenario.ts'

const withUser = (stores: Stores): Promise<unknown> => stores.users.create(user, identity)
const isStored = async (stores: Stores, version: number, email = user.email): Promise<boolean> => {
  const found = await stores.users.findByIdentity(passwordIdentityKey(email))
  return found?.user.version === version && (await stores.users.find(user.id))?.version === version
}
export const userScenarios: readonly Scenario[] = [
  {
    name: 'users.create',
    prepare: nothing,
    act: ({ users }) => users.create(user, identity),
    answer: 'created',
    requests: ['TransactWriteItems'],
    holds: (stores) => isStored(stores, 1),
  },
  {
    name: 'users.create of a taken identity',
    prepare: withUser,
    act: ({ users }) => users.create({ ...user, id: 'other' }, { ...identity, userId: 'other' }),
    answer: 'identity-taken',
    requests: ['TransactWriteItems'],
    holds: async (stores) => (await isStored(stores, 1)) && (await stores.users.find('other')) === null,
  },
  { name: 'users.find', prepare: withUser, act: ({ users }) => users.find(user.id), answer: user, requests: ['GetItem'], holds: async () => true },
  {
    name: 'users.findByIdentity',
    prepare: withUser,
    act: ({ users }) => users.findByIdentity(identity.key),
    answer: { user, identity },
    requests: ['GetItem'],
    holds: async () => true,
  },
  {
    name: 'users.identities',
    prepare: withUser,
    act: ({ users }) => users.identities(user.id),
    answer: [identity],
    requests: ['GetItem'],
    holds: async () => true,
  },
  {
    name: 'users.replace',
    prepare: withUser,
    act: ({ users }) => users.replace({ user: changed, identity: { ...identity, passwordHash: 'new' }, attemptId: 'attempt' }),
    answer: 'replaced',
    requests: ['TransactWriteItems'],
    holds: async (stores) => (await isStored(stores, 2)) && (await stores.users.findByIdentity(identity.key))?.identity.passwordHash === 'new',
  },
  {
    name: 'users.replace without identity',
    prepare: withUser,
    act: ({ users }) => users.replace({ user: changed, identity: null, attemptId: 'attempt' }),
    answer: 'replaced',
    requests: ['TransactWriteItems'],
    holds: async (stores) =>
      (await isStored(stores, 2)) && (await stores.users.findByIdentity(identity.key))?.identity.passwordHash === identity.passwordHash,
  },
  {
    name: 'users.replace of a user whose identity is not the address',
    prepare: withUser,
    act: ({ users }) => users.replace({ user: { ...changed, email: 'shown@example.org' }, identity: null, attemptId: 'attempt' }),
    answer: 'replaced',
    requests: ['TransactWriteItems', 'TransactWriteItems'],
    holds: (stores) => isStored(stores, 2),
  },
  {
    name: 'users.moveIdentity',
    prepare: withUser,
    act: ({ users }) =>
      users.moveIdentity({ user: moved, from: identity.key, to: { ...identity, key: passwordIdentityKey(moved.email) }, attemptId: 'attempt' }),
    answer: 'replaced',
    requests: ['TransactWriteItems'],
    holds: async (stores) => (await isStored(stores, 2, moved.email)) && (await stores.users.findByIdentity(identity.key)) === null,
  },
  {
    name: 'users.delete',
    prepare: withUser,
    act: ({ users }) => users.delete(user.id),
    answer: true,
    requests: ['GetItem', 'TransactWriteItems'],
    holds: async ({ users }) => (await users.find(user.id)) === null && (await users.findByIdentity(identity.key)) === null,
  },
  {
    name: 'users.list',
    prepare: withUser,
    act: ({ users }) => users.list({ limit: 10, cursor: null }),
    answer: { users: [user], cursor: null },
    requests: ['Query', 'Query', 'Query', 'Query', 'BatchGetItem'],
    holds: async () => true,
  },
]
