import type { Stores } from '@sallyport/core'
import type { Subject } from './fault-operation.ts'

/** One reading call of a port, over one user, identity, session and key that are there. Its only right answer is `true`: everything else is a failure that looks like absence. */
export interface ReadingOperation {
  readonly name: string
  readonly run: (stores: Stores, subject: Subject) => Promise<boolean>
}

export const readingOperations: readonly ReadingOperation[] = [
  { name: 'users.find', run: async ({ users }, { user }) => (await users.find(user.id))?.id === user.id },
  { name: 'users.findByIdentity', run: async ({ users }, { identity }) => (await users.findByIdentity(identity.key))?.identity.key === identity.key },
  { name: 'users.identities', run: async ({ users }, { user }) => (await users.identities(user.id)).length === 1 },
  { name: 'users.list', run: async ({ users }) => (await users.list({ limit: 10, cursor: null })).users.length === 1 },
  { name: 'sessions.find', run: async ({ sessions }, { session }) => (await sessions.find(session.userId, session.id))?.id === session.id },
  {
    name: 'sessions.list',
    run: async ({ sessions }, { user }) => (await sessions.list({ userId: user.id, limit: 10, cursor: null })).sessions.length === 1,
  },
  { name: 'keys.list', run: async ({ keys }) => (await keys.list()).length === 1 },
]

export async function prepareReading({ users, sessions, keys }: Stores, { user, identity, session, key }: Subject): Promise<void> {
  await users.create(user, identity)
  await sessions.create(session)
  await keys.insert(key)
}
