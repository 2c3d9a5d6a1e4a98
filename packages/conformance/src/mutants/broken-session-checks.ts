import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Session } from '@sallyport/core'
import { beside, dawn, overriding, type StoreMutant } from './store-mutant.ts'

const ANY_VERSION = Number.MAX_SAFE_INTEGER - 1

/** Signing in, checking and refreshing. */
export const brokenSessionChecks: readonly StoreMutant[] = [
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
    name: 'rotate forgets the idle expiry',
    fault: 'raises the counter and prolongs nothing',
    killedBy: ['S9'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const session = await stores.sessions.find(rotation.userId, rotation.sessionId)
          return stores.sessions.rotate({ ...rotation, idleExpiresAt: session?.idleExpiresAt ?? rotation.idleExpiresAt })
        },
      }),
  },
  {
    name: 'rotate takes a lost write for theft',
    fault: 'demands that the counters are equal',
    killedBy: ['S10'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const session = await stores.sessions.find(rotation.userId, rotation.sessionId)
          return session !== null && session.counter < rotation.counter ? { outcome: 'reused' } : stores.sessions.rotate(rotation)
        },
      }),
  },
  {
    name: 'rotate without grace',
    fault: 'calls the second of two tabs a thief',
    killedBy: ['S11', 'S15'],
    plant: ({ stores }) => overriding(stores, 'sessions', { rotate: (rotation) => stores.sessions.rotate({ ...rotation, graceMs: 0 }) }),
  },
  {
    name: 'rotate repeats and prolongs',
    fault: 'writes on a repetition too',
    killedBy: ['S11'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const outcome = await stores.sessions.rotate(rotation)
          if (outcome.outcome !== 'repeated' || outcome.session.secretHash === null) return outcome
          const session = await stores.sessions.prolong({ ...rotation, secretHash: outcome.session.secretHash })
          return { outcome: 'repeated', session: session ?? outcome.session }
        },
      }),
  },
  {
    name: 'rotate accepts any older counter',
    fault: 'never finds a reuse',
    killedBy: ['S12', 'S13'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const outcome = await stores.sessions.rotate(rotation)
          const session = await stores.sessions.find(rotation.userId, rotation.sessionId)
          return outcome.outcome === 'reused' && session !== null ? { outcome: 'repeated', session } : outcome
        },
      }),
  },
  {
    name: 'rotate ends the session on reuse',
    fault: 'does the caller\'s work, and so hides the theft from the audit log',
    killedBy: ['S12'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const outcome = await stores.sessions.rotate(rotation)
          if (outcome.outcome === 'reused') await stores.sessions.end({ ...rotation, secretHash: null })
          return outcome
        },
      }),
  },
  {
    name: 'rotate grace off by one',
    fault: 'writes `<=` where `<` belongs',
    killedBy: ['S13'],
    plant: ({ stores }) => overriding(stores, 'sessions', { rotate: (rotation) => stores.sessions.rotate({ ...rotation, graceMs: rotation.graceMs + 1 }) }),
  },
  {
    name: 'rotate resurrects an ended session',
    fault: 'uses a put that creates what is not there',
    killedBy: ['S14'],
    plant({ stores }) {
      const known = new Map<string, Session>()
      return overriding(stores, 'sessions', {
        async create(session) {
          known.set(session.id, session)
          return stores.sessions.create(session)
        },
        async rotate(rotation) {
          const outcome = await stores.sessions.rotate(rotation)
          const session = known.get(rotation.sessionId)
          if (outcome.outcome !== 'absent' || session === undefined) return outcome
          await stores.sessions.create(session)
          return stores.sessions.rotate(rotation)
        },
      })
    },
  },
  {
    name: 'rotate reads, then writes',
    fault: 'compares the counter, awaits, and writes without the condition',
    killedBy: ['S15'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rotate(rotation) {
          const read = await stores.sessions.find(rotation.userId, rotation.sessionId)
          await nextTurn()
          const outcome = await stores.sessions.rotate(rotation)
          return outcome.outcome === 'repeated' && read?.counter === rotation.counter ? { outcome: 'rotated', session: outcome.session } : outcome
        },
      }),
  },
  {
    name: 'prolong answers and does not write',
    fault: 'computes the new session and forgets to store it',
    killedBy: ['S16'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async prolong(key) {
          const session = await stores.sessions.find(key.userId, key.sessionId)
          return session?.secretHash === key.secretHash ? { ...session, idleExpiresAt: key.idleExpiresAt } : null
        },
      }),
  },
  {
    name: 'prolong ignores the secret',
    fault: 'keys the write by the public id only',
    killedBy: ['S17'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async prolong(key) {
          const session = await stores.sessions.find(key.userId, key.sessionId)
          return stores.sessions.prolong({ ...key, secretHash: session?.secretHash ?? key.secretHash })
        },
      }),
  },
]
