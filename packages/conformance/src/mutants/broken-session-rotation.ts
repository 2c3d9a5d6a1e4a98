import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Session } from '@sallyport/core'
import { overriding, type StoreMutant } from './store-mutant.ts'

/** Refreshing and prolonging. */
export const brokenSessionRotation: readonly StoreMutant[] = [
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
    fault: "does the caller's work, and so hides the theft from the audit log",
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
    plant: ({ stores }) =>
      overriding(stores, 'sessions', { rotate: (rotation) => stores.sessions.rotate({ ...rotation, graceMs: rotation.graceMs + 1 }) }),
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
