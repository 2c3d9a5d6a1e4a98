import { setImmediate as nextTurn } from 'node:timers/promises'
import { CLOSED_FLOOR, type Stores, type UserId } from '@sallyport/core'
import { allOf } from './all-of.ts'
import { beside, overriding, type StoreMutant } from './store-mutant.ts'

/** Ending one session, or all of them. */
export const brokenSessionEnds: readonly StoreMutant[] = [
  {
    name: 'end ignores the secret',
    fault: "signs out whoever's public id is named",
    killedBy: ['S18'],
    plant: ({ stores }) => overriding(stores, 'sessions', { end: (key) => stores.sessions.end({ ...key, secretHash: null }) }),
  },
  {
    name: 'end is always true',
    fault: 'reports that the command ran, not that it ended something',
    killedBy: ['S19'],
    plant: ({ stores }) => overriding(stores, 'sessions', { end: async (key) => (await stores.sessions.end(key)) || true }),
  },
  {
    name: 'end answers before it holds',
    fault: 'does not await the write',
    killedBy: ['S18', 'S19'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async end(key) {
          const session = await stores.sessions.find(key.userId, key.sessionId)
          if (session === null || (key.secretHash !== null && key.secretHash !== session.secretHash)) return false
          void nextTurn().then(() => stores.sessions.end(key))
          return true
        },
      }),
  },
  {
    name: 'endAll forgets the floor',
    fault: 'ends what it finds and leaves the door open for sign-ins under way',
    killedBy: ['S2', 'S7', 'S20', 'S24'],
    plant: ({ stores }) => overriding(stores, 'sessions', { endAll: ({ userId, except }) => endEach(stores, userId, except) }),
  },
  {
    name: 'endAll lowers the floor',
    fault: 'sets the floor where it should raise it',
    killedBy: ['S20'],
    plant({ stores }) {
      const floors = new Map<UserId, number>()
      return overriding(stores, 'sessions', {
        async endAll({ userId, floor, except }) {
          floors.set(userId, floor)
          return endEach(stores, userId, except)
        },
        async create(session) {
          const floor = floors.get(session.userId) ?? 0
          if (floor > session.credentialsVersion) return { outcome: 'credentials-outdated' }
          const outcome = await stores.sessions.create(session)
          return outcome.outcome === 'created' ? { ...outcome, floor } : outcome
        },
      })
    },
  },
  {
    name: 'endAll ends the excepted session',
    fault: 'deletes by user and forgets the condition',
    killedBy: ['S21', 'S22'],
    plant: ({ stores }) => overriding(stores, 'sessions', { endAll: (key) => stores.sessions.endAll({ ...key, except: null }) }),
  },
  {
    name: 'endAll counts nothing',
    fault: 'answers 0 whatever it ended',
    killedBy: ['S21'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async endAll(key) {
          await stores.sessions.endAll(key)
          return 0
        },
      }),
  },
  {
    name: 'endAll stops after 25',
    fault: 'sends one batch and does not look for more',
    killedBy: ['S22'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async endAll(key) {
          const survivors = (await allOf(stores, key.userId)).filter(({ id }) => id !== key.except).slice(25)
          const ended = await stores.sessions.endAll(key)
          for (const session of survivors) await stores.sessions.create({ ...session, credentialsVersion: key.floor })
          return ended - survivors.length
        },
      }),
  },
  {
    name: 'endAll by prefix',
    fault: 'deletes every key that begins with the user id',
    killedBy: ['S23'],
    plant({ stores }) {
      const users = new Set<UserId>()
      return overriding(stores, 'sessions', {
        async create(session) {
          users.add(session.userId)
          return stores.sessions.create(session)
        },
        async endAll(key) {
          let ended = 0
          for (const userId of new Set([key.userId, ...users]))
            if (userId.startsWith(key.userId)) ended += await stores.sessions.endAll({ ...key, userId })
          return ended
        },
      })
    },
  },
  {
    name: 'the closed floor is forgotten too early',
    fault: 'rounds its time down to the second before',
    killedBy: ['S24'],
    plant: ({ stores, clock, handle }) => overriding(stores, 'sessions', { endAll: handle(beside(clock, -1000)).sessions.endAll }),
  },
  {
    name: 'the closed floor is kept for ever',
    fault: 'treats it as any other floor',
    killedBy: ['S24'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', { endAll: (key) => stores.sessions.endAll({ ...key, floor: Math.min(key.floor, CLOSED_FLOOR - 1) }) }),
  },
]

async function endEach(stores: Stores, userId: UserId, except: string | null): Promise<number> {
  let ended = 0
  for (const { id } of await allOf(stores, userId)) {
    if (id !== except && (await stores.sessions.end({ userId, sessionId: id, secretHash: null }))) ended += 1
  }
  return ended
}
