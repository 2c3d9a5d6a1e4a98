import { claimsOf, CLOSED_FLOOR, type Stores } from '@sallyport/core'
import { changed, key, rotation, idleExpiresAt, session, user } from './samples.ts'
import { nothing, type Scenario } from './scenario.ts'

const withSession = (stores: Stores): Promise<unknown> => stores.sessions.create(session)
const isAlive = async (stores: Stores): Promise<boolean> => (await stores.sessions.find(user.id, session.id)) !== null

export const sessionScenarios: readonly Scenario[] = [
  {
    name: 'sessions.create',
    prepare: nothing,
    act: ({ sessions }) => sessions.create(session),
    answer: { outcome: 'created', floor: 0 },
    requests: ['TransactWriteItems'],
    holds: isAlive,
  },
  {
    name: 'sessions.create after a change of password',
    prepare: ({ sessions }) => sessions.endAll({ userId: user.id, floor: 2, except: null }),
    act: ({ sessions }) => sessions.create({ ...session, credentialsVersion: 2 }),
    answer: { outcome: 'created', floor: 2 },
    requests: ['TransactWriteItems'],
    holds: isAlive,
  },
  {
    name: 'sessions.create after a change of password that was cut short',
    prepare: nothing,
    act: ({ sessions }) => sessions.create({ ...session, credentialsVersion: 2 }),
    answer: { outcome: 'created', floor: 0 },
    requests: ['TransactWriteItems', 'TransactWriteItems'],
    holds: isAlive,
  },
  {
    name: 'sessions.create below the floor',
    prepare: ({ sessions }) => sessions.endAll({ userId: user.id, floor: 2, except: null }),
    act: ({ sessions }) => sessions.create(session),
    answer: { outcome: 'credentials-outdated' },
    requests: ['TransactWriteItems'],
    holds: async (stores) => !(await isAlive(stores)),
  },
  {
    name: 'sessions.find',
    prepare: withSession,
    act: ({ sessions }) => sessions.find(user.id, session.id),
    answer: session,
    requests: ['GetItem'],
    holds: isAlive,
  },
  {
    name: 'sessions.rotate',
    prepare: withSession,
    // Without grace: a repetition of its own must not be taken for theft.
    act: ({ sessions }) => sessions.rotate({ ...rotation, graceMs: 0 }),
    answer: { outcome: 'rotated', session: { ...session, counter: 1, idleExpiresAt } },
    requests: ['UpdateItem'],
    holds: async ({ sessions }) => (await sessions.find(user.id, session.id))?.counter === 1,
  },
  {
    name: 'sessions.prolong',
    prepare: withSession,
    act: ({ sessions }) => sessions.prolong({ ...key, secretHash: 'secret-hash', idleExpiresAt }),
    answer: { ...session, idleExpiresAt },
    requests: ['UpdateItem'],
    holds: isAlive,
  },
  {
    name: 'sessions.end',
    prepare: withSession,
    act: ({ sessions }) => sessions.end({ ...key, secretHash: 'secret-hash' }),
    answer: true,
    requests: ['DeleteItem'],
    // It is over, and nobody can know any more by whom: neither `true` nor `false` would be right.
    afterLoss: 'store-unavailable',
    holds: async (stores) => !(await isAlive(stores)),
  },
  {
    name: 'sessions.endAll',
    prepare: async ({ sessions }) => {
      for (let index = 0; index < 4; index++) await sessions.create({ ...session, id: `session-${index}` })
    },
    act: ({ sessions }) => sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null }),
    answer: 4,
    requests: ['UpdateItem', 'Query', 'BatchWriteItem'],
    holds: async (stores) =>
      !(await isAlive(stores)) && (await stores.sessions.create({ ...session, id: 'late' })).outcome === 'credentials-outdated',
  },
  {
    name: 'sessions.list',
    prepare: withSession,
    act: ({ sessions }) => sessions.list({ userId: user.id, limit: 10, cursor: null }),
    answer: { sessions: [session], cursor: null },
    requests: ['Query'],
    holds: isAlive,
  },
  {
    name: 'sessions.rewriteClaims',
    prepare: withSession,
    act: ({ sessions }) => sessions.rewriteClaims(user.id, claimsOf(changed)),
    answer: undefined,
    requests: ['UpdateItem', 'Query', 'UpdateItem'],
    holds: async ({ sessions }) =>
      (await sessions.find(user.id, session.id))?.claims.version === 2 && (await sessions.create(session)).outcome === 'created',
  },
]
