import { setImmediate as nextTurn } from 'node:timers/promises'
import { beside, dawn, overriding, type StoreMutant } from './store-mutant.ts'

const ANY_VERSION = Number.MAX_SAFE_INTEGER - 1

/** Signing in, and the check in front of every request. */
export const brokenSessionCreation: readonly StoreMutant[] = [
  {
    name: 'session expiry off by one',
    fault: 'writes `<=` where `<` belongs: alive AT the instant of expiry',
    killedBy: ['S5', 'S6'],
    plant: ({ stores, clock, handle }) => overriding(stores, 'sessions', { find: handle(beside(clock, -1)).sessions.find }),
  },
  {
    name: 'session expiry left to the database',
    fault: 'trusts that an expired row is gone',
    killedBy: ['S5', 'S6'],
    plant: ({ stores, handle }) => overriding(stores, 'sessions', { find: handle(dawn).sessions.find }),
  },
  {
    name: 'session without absolute expiry',
    fault: 'compares with the idle expiry only',
    killedBy: ['S6'],
    plant: ({ stores, clock, handle }) =>
      overriding(stores, 'sessions', {
        async find(userId, sessionId) {
          const session = await handle(dawn).sessions.find(userId, sessionId)
          return session !== null && clock.now() < session.idleExpiresAt ? session : null
        },
      }),
  },
  {
    name: 'an expired session is prolonged',
    fault: 'judges expiry in find, and not inside the conditional write',
    killedBy: ['S5', 'S6'],
    plant: ({ stores, handle }) => overriding(stores, 'sessions', { prolong: handle(dawn).sessions.prolong }),
  },
  {
    name: 'an expired session is rotated',
    fault: 'judges expiry in find, and not inside the conditional write',
    killedBy: ['S5', 'S6'],
    plant: ({ stores, clock, handle }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const outcome = await stores.sessions.rotate(rotation)
          const row = await handle(dawn).sessions.find(rotation.userId, rotation.sessionId)
          if (outcome.outcome !== 'absent' || row === null) return outcome
          return { outcome: 'rotated', session: { ...row, counter: rotation.counter + 1, rotatedAt: clock.now() } }
        },
      }),
  },
  {
    name: 'session found under any user',
    fault: 'keys sessions by their id alone',
    killedBy: ['S8'],
    plant({ stores }) {
      const owners = new Map<string, string>()
      return overriding(stores, 'sessions', {
        async create(session) {
          owners.set(session.id, session.userId)
          return stores.sessions.create(session)
        },
        find: (userId, sessionId) => stores.sessions.find(owners.get(sessionId) ?? userId, sessionId),
      })
    },
  },
  {
    name: 'session create forgets the client',
    fault: 'loses a field in the codec',
    killedBy: ['S1'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', { create: (session) => stores.sessions.create({ ...session, client: { userAgent: null, network: null } }) }),
  },
  {
    name: 'session create ignores the floor',
    fault: 'stores without the condition',
    killedBy: ['S2', 'S7', 'S24'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async create(session) {
          const outcome = await stores.sessions.create(session)
          return outcome.outcome === 'credentials-outdated' ? stores.sessions.create({ ...session, credentialsVersion: ANY_VERSION + 1 }) : outcome
        },
      }),
  },
  {
    name: 'session create reads the floor, then writes',
    fault: 'compares with the floor, awaits, and stores without the condition',
    killedBy: ['S7'],
    plant({ stores }) {
      const floors = new Map<string, number>()
      return overriding(stores, 'sessions', {
        async endAll(key) {
          const ended = await stores.sessions.endAll(key)
          floors.set(key.userId, key.floor)
          return ended
        },
        async create(session) {
          const floor = floors.get(session.userId) ?? 0
          await nextTurn()
          const outcome = await stores.sessions.create(session)
          if (outcome.outcome !== 'credentials-outdated' || floor > session.credentialsVersion) return outcome
          return stores.sessions.create({ ...session, credentialsVersion: ANY_VERSION })
        },
      })
    },
  },
  {
    name: 'session create tells no floor',
    fault: 'answers 0 without having read it',
    killedBy: ['S2'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async create(session) {
          const outcome = await stores.sessions.create(session)
          return outcome.outcome === 'created' ? { outcome: 'created', floor: 0 } : outcome
        },
      }),
  },
  {
    name: 'session create ignores newer claims',
    fault: 'stores a sign-in that began before a change of role',
    killedBy: ['S3'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async create(session) {
          const outcome = await stores.sessions.create(session)
          if (outcome.outcome !== 'claims-outdated') return outcome
          return stores.sessions.create({ ...session, claims: { ...session.claims, version: ANY_VERSION } })
        },
      }),
  },
  {
    name: 'session create overwrites on repetition',
    fault: 'puts the row again, counter and all',
    killedBy: ['S4'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async create(session) {
          await stores.sessions.end({ userId: session.userId, sessionId: session.id, secretHash: null })
          return stores.sessions.create(session)
        },
      }),
  },
  {
    name: 'claims are copied by assignment',
    fault: 'fills a fresh object key by key, so that `__proto__` sets the prototype and is lost',
    killedBy: ['E7'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async find(userId, sessionId) {
          const session = await stores.sessions.find(userId, sessionId)
          if (session === null) return null
          const attributes: Record<string, never> = {}
          for (const [key, value] of Object.entries(session.claims.attributes)) attributes[key] = value as never
          return { ...session, claims: { ...session.claims, attributes } }
        },
      }),
  },
  {
    name: 'a second row outlives the session',
    fault: 'keeps an index row beside the session, without an expiry of its own',
    killedBy: ['E11'],
    plant: ({ stores, clock }) =>
      overriding(stores, 'sessions', {
        async create(session) {
          const row = { userId: `index:${session.id}`, purpose: 'verify-email', hash: session.id, payload: null, createdAt: clock.now() } as const
          await stores.oneTimeTokens.issue({ ...row, expiresAt: Number.MAX_SAFE_INTEGER })
          return stores.sessions.create(session)
        },
      }),
  },
]
