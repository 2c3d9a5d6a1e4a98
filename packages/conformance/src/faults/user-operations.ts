import type { Stores } from '@sallyport/core'
import { wholeOrNothing, type FaultOperation, type Subject } from './fault-operation.ts'

const register = (stores: Stores, { user, identity }: Subject): Promise<string> => stores.users.create(user, identity)

export const userOperations: readonly FaultOperation[] = [
  {
    name: 'users.create',
    given: async () => {},
    run: register,
    answer: 'created',
    afterLoss: [],
    state: async ({ users }, { user, identity }) =>
      wholeOrNothing({
        user: (await users.find(user.id)) !== null,
        identity: (await users.findByIdentity(identity.key)) !== null,
        'one identity': (await users.identities(user.id)).length === 1,
        'one row': (await users.list({ limit: 100, cursor: null })).users.length === 1,
      }),
    inPages: false,
  },
  {
    name: 'users.replace',
    given: register,
    run: ({ users }, { user, changed, identity }) =>
      users.replace({ user: { ...changed, email: user.email }, identity: { ...identity, passwordHash: 'new' }, attemptId: 'own' }),
    answer: 'replaced',
    afterLoss: [],
    async state({ users }, { identity }) {
      const found = await users.findByIdentity(identity.key)
      return wholeOrNothing({ 'new user': found?.user.version === 2, 'new hash': found?.identity.passwordHash === 'new' })
    },
    inPages: false,
  },
  {
    name: 'users.moveIdentity',
    given: register,
    run: ({ users }, { changed, identity, movedIdentity }) =>
      users.moveIdentity({ user: changed, from: identity.key, to: movedIdentity, attemptId: 'own' }),
    answer: 'replaced',
    afterLoss: [],
    state: async ({ users }, { user, identity, movedIdentity }) =>
      wholeOrNothing({
        'new user': (await users.find(user.id))?.version === 2,
        'new key': (await users.findByIdentity(movedIdentity.key)) !== null,
        'old key free': (await users.findByIdentity(identity.key)) === null,
        'only the new identity': (await users.identities(user.id)).every(({ key }) => key === movedIdentity.key),
      }),
    inPages: false,
  },
  {
    name: 'users.delete',
    given: register,
    run: async ({ users }, { user }) => String(await users.delete(user.id)),
    answer: 'true',
    afterLoss: ['false'],
    state: async ({ users }, { user, identity }) =>
      wholeOrNothing({
        'user gone': (await users.find(user.id)) === null,
        'key free': (await users.findByIdentity(identity.key)) === null,
        'identities gone': (await users.identities(user.id)).length === 0,
      }),
    inPages: false,
  },
]
