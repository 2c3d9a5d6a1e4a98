import {
  claimsOf,
  CLOSED_FLOOR,
  HOUR,
  passwordIdentityKey,
  type Rotation,
  type Identity,
  type OneTimeToken,
  type Session,
  type SigningKey,
  type Stores,
  type User,
} from '@sallyport/core'

export const NOW = 4_000_000_000_000
export const clock = { now: (): number => NOW }

export const user: User = {
  id: '0190a000-0000-7000-8000-000000000001',
  email: 'ada@example.org',
  emailVerified: true,
  name: 'Ada',
  roles: ['user'],
  status: 'active',
  attributes: {},
  version: 1,
  credentialsVersion: 1,
  createdAt: NOW,
  updatedAt: NOW,
}
export const identity: Identity = { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: '$secret-hash$', createdAt: NOW }
export const session: Session = {
  id: 'session-1',
  userId: user.id,
  secretHash: 'secret-hash',
  counter: 0,
  rotatedAt: NOW,
  createdAt: NOW,
  authenticatedAt: NOW,
  idleExpiresAt: NOW + HOUR,
  expiresAt: NOW + 2 * HOUR,
  credentialsVersion: 1,
  claims: claimsOf(user),
  client: { userAgent: null, network: null },
}
export const token: OneTimeToken = {
  userId: user.id,
  purpose: 'reset-password',
  hash: 'token-hash',
  payload: null,
  createdAt: NOW,
  expiresAt: NOW + HOUR,
}
export const signingKey: SigningKey = {
  generation: 1,
  kid: 'kid-1',
  algorithm: 'EdDSA',
  publicJwk: { kty: 'OKP', kid: 'kid-1', alg: 'EdDSA', use: 'sig' },
  wrappedPrivateKey: 'sealed',
  createdAt: NOW,
  activeFrom: NOW + HOUR,
  retiredAt: null,
}

/** The user and everything about it one version on. */
export const changed: User = { ...user, version: 2, name: 'Countess', credentialsVersion: 2 }
const moved: User = { ...user, version: 2, email: 'ada@example.net' }
const key = { userId: user.id, sessionId: session.id }
const idleExpiresAt = NOW + HOUR + 1
export const rotation: Rotation = { ...key, counter: 0, graceMs: 10_000, idleExpiresAt }

/** One call of a port on data made for it. */
export interface Scenario {
  readonly name: string
  prepare(stores: Stores): Promise<unknown>
  act(stores: Stores): Promise<unknown>
  /** What `act` answers when nothing goes wrong, which is what it must answer when something passes by itself. */
  readonly answer: unknown
  /** Requests to DynamoDB when nothing goes wrong, in order. */
  readonly requests: readonly string[]
  /** What else may be answered when an answer of DynamoDB got lost on the way, and why that is safe. */
  readonly afterLoss?: unknown
  /** That it is so, afterwards. */
  holds(stores: Stores): Promise<boolean>
}

const nothing = async (): Promise<void> => {}
const withUser = (stores: Stores): Promise<unknown> => stores.users.create(user, identity)
const withSession = (stores: Stores): Promise<unknown> => stores.sessions.create(session)
const isStored = async (stores: Stores, version: number, email = user.email): Promise<boolean> => {
  const found = await stores.users.findByIdentity(passwordIdentityKey(email))
  return found?.user.version === version && (await stores.users.find(user.id))?.version === version
}
const isAlive = async (stores: Stores): Promise<boolean> => (await stores.sessions.find(user.id, session.id)) !== null

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
    // Nobody can know any more who ended it; it is over either way.
    afterLoss: false,
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

export const otherScenarios: readonly Scenario[] = [
  {
    name: 'oneTimeTokens.issue',
    prepare: nothing,
    act: ({ oneTimeTokens }) => oneTimeTokens.issue(token),
    answer: undefined,
    requests: ['PutItem'],
    holds: async ({ oneTimeTokens }) => (await oneTimeTokens.consume({ ...token, attemptId: 'a' })) !== null,
  },
  {
    name: 'oneTimeTokens.consume',
    prepare: ({ oneTimeTokens }) => oneTimeTokens.issue(token),
    act: ({ oneTimeTokens }) => oneTimeTokens.consume({ ...token, attemptId: 'a' }),
    answer: token,
    requests: ['UpdateItem'],
    holds: async ({ oneTimeTokens }) => (await oneTimeTokens.consume({ ...token, attemptId: 'b' })) === null,
  },
  {
    name: 'oneTimeTokens.endAll',
    prepare: ({ oneTimeTokens }) => oneTimeTokens.issue(token),
    act: ({ oneTimeTokens }) => oneTimeTokens.endAll(user.id),
    answer: undefined,
    requests: ['BatchWriteItem'],
    holds: async ({ oneTimeTokens }) => (await oneTimeTokens.consume({ ...token, attemptId: 'b' })) === null,
  },
  {
    name: 'counters.count',
    prepare: nothing,
    act: ({ counters }) => counters.count([{ key: 'k', windowMs: HOUR }]),
    answer: [{ count: 1, resetsAt: Math.floor(NOW / HOUR) * HOUR + HOUR }],
    requests: ['UpdateItem'],
    // Limits err on the safe side.
    afterLoss: [{ count: 2, resetsAt: Math.floor(NOW / HOUR) * HOUR + HOUR }],
    holds: async () => true,
  },
  {
    name: 'keys.insert',
    prepare: nothing,
    act: ({ keys }) => keys.insert(signingKey),
    answer: 'inserted',
    requests: ['PutItem'],
    holds: async ({ keys }) => (await keys.list())[0]?.kid === 'kid-1',
  },
  {
    name: 'keys.list',
    prepare: ({ keys }) => keys.insert(signingKey),
    act: ({ keys }) => keys.list(),
    answer: [signingKey],
    requests: ['Query'],
    holds: async () => true,
  },
  {
    name: 'keys.promote',
    prepare: ({ keys }) => keys.insert(signingKey),
    act: ({ keys }) => keys.promote(1, NOW),
    answer: true,
    requests: ['UpdateItem'],
    holds: async ({ keys }) => (await keys.list())[0]?.activeFrom === NOW,
  },
  {
    name: 'keys.retire',
    prepare: ({ keys }) => keys.insert(signingKey),
    act: ({ keys }) => keys.retire(1, NOW),
    answer: true,
    requests: ['UpdateItem'],
    holds: async ({ keys }) => (await keys.list())[0]?.wrappedPrivateKey === null,
  },
]

export const scenarios: readonly Scenario[] = [...userScenarios, ...sessionScenarios, ...otherScenarios]
