import { HOUR, type Session, type Stores } from '@sallyport/core'
import type { Operation, Subject } from './operation.ts'
import { newSession, NOW } from './samples.ts'

const nothing = async (): Promise<void> => {}
const sessionId = ({ user }: Subject): string => `session-of-${user.id}`
const session = (subject: Subject): Session => newSession(subject.user, sessionId(subject))
const signIn = (stores: Stores, subject: Subject): Promise<unknown> => stores.sessions.create(session(subject))
const signInElsewhere = (stores: Stores, subject: Subject): Promise<unknown> =>
  stores.sessions.create(newSession(subject.user, `other-${sessionId(subject)}`))
const key = (subject: Subject) => ({ userId: subject.user.id, sessionId: sessionId(subject) })
const found = (stores: Stores, subject: Subject): Promise<Session | null> => stores.sessions.find(subject.user.id, sessionId(subject))
const rotation = (subject: Subject) => ({ ...key(subject), counter: 0, graceMs: 0, idleExpiresAt: NOW + 2 * HOUR })

export const SESSION_OPERATIONS: readonly Operation[] = [
  {
    name: 'sessions.create',
    given: nothing,
    run: async (stores, subject) => (await stores.sessions.create(session(subject))).outcome,
    answer: 'created',
    holds: async (stores, subject) => (await found(stores, subject)) !== null,
    cost: ['Commit Lookup Commit', 2, 3],
  },
  {
    name: 'sessions.create of somebody who has signed in before',
    given: signInElsewhere,
    run: async (stores, subject) => (await stores.sessions.create(session(subject))).outcome,
    answer: 'created',
    holds: async (stores, subject) => (await found(stores, subject)) !== null,
    cost: ['Commit', 0, 2],
  },
  {
    name: 'sessions.create after a change of claims',
    given: async (stores, subject) => {
      await signInElsewhere(stores, subject)
      await stores.sessions.rewriteClaims(subject.user.id, { ...session(subject).claims, version: 2 })
    },
    run: async (stores, subject) =>
      (await stores.sessions.create({ ...session(subject), claims: { ...session(subject).claims, version: 2 } })).outcome,
    answer: 'created',
    holds: async (stores, subject) => (await found(stores, subject))?.claims.version === 2,
    cost: ['Commit', 0, 2],
  },
  {
    name: 'sessions.create after a change of password',
    given: async (stores, subject) => {
      await signInElsewhere(stores, subject)
      await stores.sessions.endAll({ userId: subject.user.id, floor: 2, except: null })
    },
    run: (stores, subject) => stores.sessions.create({ ...session(subject), credentialsVersion: 2 }),
    answer: { outcome: 'created', floor: 2 },
    holds: async (stores, subject) => (await found(stores, subject))?.credentialsVersion === 2,
    cost: ['Commit Lookup Commit', 2, 3],
  },
  {
    name: 'sessions.create with outdated claims',
    given: async (stores, subject) => {
      await signInElsewhere(stores, subject)
      await stores.sessions.rewriteClaims(subject.user.id, { ...session(subject).claims, version: 2 })
    },
    run: async (stores, subject) => (await stores.sessions.create(session(subject))).outcome,
    answer: 'claims-outdated',
    holds: async (stores, subject) => (await found(stores, subject)) === null,
    cost: ['Commit Lookup', 2, 0],
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
      await signInElsewhere(stores, subject)
    },
    run: (stores, { user }) => stores.sessions.endAll({ userId: user.id, floor: 2, except: null }),
    answer: 2,
    holds: async (stores, subject) =>
      (await found(stores, subject)) === null && (await stores.sessions.create(session(subject))).outcome === 'credentials-outdated',
    // The floor, its permit, and the two sessions.
    cost: ['Lookup Commit RunQuery Commit', 3, 4],
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
    // The floor, its permit before and after, and the session.
    cost: ['Lookup Commit RunQuery Commit', 2, 4],
  },
]
