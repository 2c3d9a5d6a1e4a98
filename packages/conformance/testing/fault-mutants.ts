import { randomUUID } from 'node:crypto'
import { StoreUnavailableError, type Stores } from '@sallyport/core'
import { overriding } from '../src/mutants/store-mutant.ts'
import { allButOne, patiently, patientStores } from './patient-stores.ts'

/** An adapter with one fault of the kind that shows only when the database fails. */
export interface FaultMutant {
  readonly name: string
  /** What its author did. */
  readonly fault: string
  readonly killedBy: readonly string[]
  /** `wire` fails as planned; `sound` is the adapter over it that the fault is planted into. */
  plant(wire: Stores, sound: Stores): Stores
}

export const faultMutants: readonly FaultMutant[] = [
  {
    name: 'a lost answer counts as taken',
    fault: 'takes any error of the write for a condition that failed',
    killedBy: ['F1'],
    plant: (wire, sound) =>
      overriding(sound, 'users', { create: (user, identity) => wire.users.create(user, identity).catch(() => 'identity-taken') }),
  },
  {
    name: 'create is tried again under a fresh id',
    fault: 'makes the id inside of the loop that repeats',
    killedBy: ['F1', 'F12'],
    plant: (wire, sound) =>
      overriding(sound, 'users', {
        create(user, identity) {
          let tries = 0
          return patiently(() => {
            const id = tries++ === 0 ? user.id : randomUUID()
            return wire.users.create({ ...user, id }, { ...identity, userId: id })
          })
        },
      }),
  },
  {
    name: 'replace is tried again under a fresh attempt id',
    fault: 'names each try instead of each attempt',
    killedBy: ['F1'],
    plant: (wire, sound) =>
      overriding(sound, 'users', { replace: (change) => patiently(() => wire.users.replace({ ...change, attemptId: randomUUID() })) }),
  },
  {
    name: 'consume is tried again under a fresh attempt id',
    fault: 'names each try instead of each attempt',
    killedBy: ['F1', 'F11'],
    plant: (wire, sound) =>
      overriding(sound, 'oneTimeTokens', { consume: (key) => patiently(() => wire.oneTimeTokens.consume({ ...key, attemptId: randomUUID() })) }),
  },
  {
    name: 'a repeated insert of a key is told that it exists',
    fault: 'compares the generation and forgets the kid',
    killedBy: ['F1', 'F14'],
    plant: (wire, sound) =>
      overriding(sound, 'keys', {
        async insert(key) {
          try {
            return await wire.keys.insert(key)
          } catch {
            const keys = await sound.keys.list()
            return keys.some(({ generation }) => generation === key.generation) ? 'exists' : sound.keys.insert(key)
          }
        },
      }),
  },
  {
    name: 'a rotation whose answer was lost goes one further',
    fault: 'reads the counter again before it repeats',
    killedBy: ['F1', 'F13'],
    plant: (wire, sound) =>
      overriding(sound, 'sessions', {
        rotate(rotation) {
          let tries = 0
          return patiently(async () => wire.sessions.rotate({ ...rotation, counter: rotation.counter + tries++ }))
        },
      }),
  },
  {
    name: 'the older token is killed first, the newer issued after',
    fault: 'makes two writes of one',
    killedBy: ['F4'],
    plant: (_, sound) =>
      overriding(sound, 'oneTimeTokens', {
        async issue(token) {
          await sound.oneTimeTokens.endAll(token.userId)
          await sound.oneTimeTokens.issue(token)
        },
      }),
  },
  {
    name: 'end always succeeds',
    fault: 'swallows the error: the row will expire anyway',
    killedBy: ['F3', 'F8'],
    plant: (_, sound) => overriding(sound, 'sessions', { end: (key) => sound.sessions.end(key).catch(() => true) }),
  },
  {
    name: 'a write that fails is told as refused',
    fault: 'answers false for a failure, as if the key were not there',
    killedBy: ['F3', 'F8'],
    plant: (_, sound) => overriding(sound, 'keys', { retire: (generation, at) => sound.keys.retire(generation, at).catch(() => false) }),
  },
  {
    name: 'endAll stops at the first page that fails and reports success',
    fault: 'breaks out of the loop and returns what it counted',
    killedBy: ['F9'],
    plant: (wire, sound) =>
      overriding(sound, 'sessions', {
        async endAll(key) {
          let ended = 0
          try {
            for (const { userId, id } of await allButOne(wire.sessions, key)) {
              if (await wire.sessions.end({ userId, sessionId: id, secretHash: null })) ended += 1
            }
            ended += await wire.sessions.endAll(key)
          } catch {
            return ended
          }
          return ended
        },
      }),
  },
  {
    name: 'a read that fails finds nothing',
    fault: 'answers null in the catch block',
    killedBy: ['F10'],
    plant: (_, sound) => overriding(sound, 'sessions', { find: (userId, sessionId) => sound.sessions.find(userId, sessionId).catch(() => null) }),
  },
  {
    name: 'a list that fails is empty',
    fault: 'answers the pages it has',
    killedBy: ['F10'],
    plant: (_, sound) => overriding(sound, 'keys', { list: () => sound.keys.list().catch(() => []) }),
  },
  {
    name: 'no call has a time limit',
    fault: 'trusts the default of the client, which is none',
    killedBy: ['F5', 'F10', 'F15'],
    plant: (wire) => patientStores(wire, async (call) => call()),
  },
  {
    name: 'the client’s own errors come through',
    fault: 'translates what it expects only',
    killedBy: ['F3', 'F10'],
    plant: (wire) =>
      patientStores(wire, (call) =>
        patiently(call).catch((cause: unknown) => {
          throw new Error('ECONNRESET', { cause })
        }),
      ),
  },
  {
    name: 'a slow answer is no answer',
    fault: 'gives up after five milliseconds',
    killedBy: ['F6'],
    plant: (wire) =>
      patientStores(wire, async (call) => {
        let timer: NodeJS.Timeout | undefined
        const late = new Promise<never>((_, reject) => {
          timer = setTimeout(() => reject(new StoreUnavailableError('late')), 5)
        })
        return Promise.race([call(), late]).finally(() => clearTimeout(timer))
      }),
  },
  {
    name: 'once failed, always failed',
    fault: 'opens a circuit that nothing closes',
    killedBy: ['F7', 'F8', 'F10'],
    plant(wire) {
      let broken = false
      return patientStores(wire, async (call) => {
        if (broken) throw new StoreUnavailableError('the circuit is open')
        try {
          return await patiently(call)
        } catch (error) {
          broken = true
          throw error
        }
      })
    },
  },
  {
    name: 'a refused write succeeds later',
    fault: 'answers at once and goes on trying behind the answer',
    killedBy: ['F2', 'F3'],
    plant: (wire, sound) =>
      overriding(sound, 'sessions', {
        async create(session) {
          try {
            return await wire.sessions.create(session)
          } catch {
            return { outcome: 'created', floor: 0 }
          }
        },
      }),
  },
  {
    name: 'a counter is tried again without bound',
    fault: 'repeats until the deadline, without a pause',
    killedBy: ['F15'],
    plant: (wire, sound) =>
      overriding(sound, 'counters', {
        async count(hits) {
          const end = performance.now() + 100
          for (;;) {
            try {
              return await patiently(() => wire.counters.count(hits))
            } catch (error) {
              if (performance.now() >= end) throw error
            }
          }
        },
      }),
  },
  {
    name: 'a hit whose answer was lost is told from memory',
    fault: 'keeps the last count and adds nothing when the call fails',
    killedBy: ['F15'],
    plant(_, sound) {
      let last = [{ count: 1, resetsAt: 0 }]
      return overriding(sound, 'counters', {
        async count(hits) {
          try {
            last = [...(await sound.counters.count(hits))]
          } catch {
            // The last count is good enough for a limit.
          }
          return last
        },
      })
    },
  },
]
