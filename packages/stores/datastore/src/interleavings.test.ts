import { CLOSED_FLOOR, HOUR, type Stores } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { connect } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { heldStores } from '../testing/held-stores.ts'
import type { Engine } from '../testing/start-emulator.ts'
import { newIdentity, newKey, newSession, newToken, newUser, NOW } from '../testing/samples.ts'

// Races happen by luck; here what happens in between is put there, after the look and before the commit that relies on it.

interface Interleaving {
  readonly name: string
  readonly given?: (stores: Stores) => Promise<unknown>
  readonly run: (stores: Stores) => Promise<unknown>
  /** What somebody else does once `run` has looked. */
  readonly meanwhile: (stores: Stores) => Promise<unknown>
  /** Of `run`, then of `meanwhile`. */
  readonly answers: readonly [unknown, unknown]
  /** What is there at the end. */
  readonly finally: (stores: Stores) => Promise<unknown>
  readonly is: unknown
}

const user = newUser('user')
const identity = newIdentity(user)
const moved = { ...user, version: 2, email: 'new@example.org' }
const session = newSession(user, 'session')
const key = { userId: user.id, sessionId: session.id, secretHash: null }
const rotation = { ...key, counter: 0, graceMs: 0, idleExpiresAt: NOW + 2 * HOUR }
const token = newToken(user)
const register = (stores: Stores): Promise<unknown> => stores.users.create(user, identity)
const signIn = (stores: Stores): Promise<unknown> => stores.sessions.create(session)
const issue = (stores: Stores): Promise<unknown> => stores.oneTimeTokens.issue(token)
const consume = (attemptId: string) => (stores: Stores) => stores.oneTimeTokens.consume({ ...token, attemptId })
const outcome = async (answer: Promise<{ readonly outcome: string }>): Promise<string> => (await answer).outcome
const find = (stores: Stores): Promise<unknown> => stores.sessions.find(user.id, session.id)
const endAll = (stores: Stores): Promise<unknown> => stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
const rewriteClaims = (stores: Stores): Promise<unknown> => stores.sessions.rewriteClaims(user.id, { ...session.claims, version: 2 })
const moveIdentity = (stores: Stores): Promise<unknown> =>
  stores.users.moveIdentity({ user: moved, from: identity.key, to: newIdentity(moved), attemptId: 'move' })
const rename = (name: string) => (stores: Stores) => stores.users.replace({ user: { ...user, version: 2, name }, identity: null, attemptId: name })
const what = (stores: Stores): Promise<unknown> => stores.users.findByIdentity(identity.key)
const rest = async (stores: Stores): Promise<unknown> => [
  await stores.users.find(user.id),
  await what(stores),
  await stores.users.findByIdentity(newIdentity(moved).key),
]

const INTERLEAVINGS: readonly Interleaving[] = [
  {
    name: 'the first sign-in, and a change of password',
    run: (stores) => outcome(stores.sessions.create(session)),
    meanwhile: endAll,
    answers: ['credentials-outdated', 0],
    finally: find,
    is: null,
  },
  {
    name: 'a sign-in of somebody who has a session, and a change of password',
    given: (stores) => stores.sessions.create(newSession(user, 'earlier')),
    run: (stores) => outcome(stores.sessions.create(session)),
    meanwhile: endAll,
    answers: ['credentials-outdated', 1],
    finally: find,
    is: null,
  },
  {
    name: 'a sign-in, and a change of role',
    given: (stores) => stores.sessions.create(newSession(user, 'earlier')),
    run: (stores) => outcome(stores.sessions.create(session)),
    meanwhile: rewriteClaims,
    answers: ['claims-outdated', undefined],
    finally: find,
    is: null,
  },
  {
    name: 'two sign-ins',
    run: (stores) => outcome(stores.sessions.create(session)),
    meanwhile: (stores) => outcome(stores.sessions.create(newSession(user, 'other'))),
    answers: ['created', 'created'],
    finally: async (stores) => (await stores.sessions.list({ userId: user.id, limit: 10, cursor: null })).sessions.length,
    is: 2,
  },
  {
    name: 'a refresh, and a sign-out',
    given: signIn,
    run: (stores) => outcome(stores.sessions.rotate(rotation)),
    meanwhile: (stores) => stores.sessions.end(key),
    answers: ['absent', true],
    finally: find,
    is: null,
  },
  {
    name: 'a refresh, and the same without a grace',
    given: signIn,
    run: (stores) => outcome(stores.sessions.rotate(rotation)),
    meanwhile: (stores) => outcome(stores.sessions.rotate(rotation)),
    answers: ['reused', 'rotated'],
    finally: async (stores) => (await stores.sessions.find(user.id, session.id))?.counter,
    is: 1,
  },
  {
    name: 'a prolongation, and the end of all sessions',
    given: signIn,
    run: (stores) => stores.sessions.prolong({ ...rotation, secretHash: session.secretHash ?? '' }),
    meanwhile: endAll,
    answers: [null, 1],
    finally: find,
    is: null,
  },
  {
    name: 'a sign-out, and a refresh',
    given: signIn,
    run: (stores) => stores.sessions.end(key),
    meanwhile: (stores) => outcome(stores.sessions.rotate(rotation)),
    answers: [true, 'rotated'],
    finally: find,
    is: null,
  },
  {
    name: 'two sign-outs of one session',
    given: signIn,
    run: (stores) => stores.sessions.end(key),
    meanwhile: (stores) => stores.sessions.end(key),
    answers: [false, true],
    finally: find,
    is: null,
  },
  {
    name: 'a registration, and another of the same address',
    run: register,
    meanwhile: (stores) => stores.users.create(newUser('rival'), { ...identity, userId: 'rival' }),
    answers: ['identity-taken', 'created'],
    finally: (stores) => stores.users.find(user.id),
    is: null,
  },
  {
    name: 'a change of name, and another',
    given: register,
    run: rename('A'),
    meanwhile: rename('B'),
    answers: ['changed-meanwhile', 'replaced'],
    finally: async (stores) => (await stores.users.findByIdentity(identity.key))?.user.name,
    is: 'B',
  },
  {
    name: 'a change of name, and a deletion',
    given: register,
    run: rename('A'),
    meanwhile: (stores) => stores.users.delete(user.id),
    answers: ['absent', true],
    finally: rest,
    is: [null, null, null],
  },
  {
    name: 'a change of address, and a registration of the new one',
    given: register,
    run: moveIdentity,
    meanwhile: (stores) => stores.users.create(newUser('rival'), { ...newIdentity(moved), userId: 'rival' }),
    answers: ['identity-taken', 'created'],
    finally: what,
    is: { user, identity },
  },
  {
    name: 'a deletion, and a change of address',
    given: register,
    run: (stores) => stores.users.delete(user.id),
    meanwhile: moveIdentity,
    answers: [true, 'replaced'],
    finally: rest,
    is: [null, null, null],
  },
  {
    name: 'two uses of a token',
    given: issue,
    run: consume('one'),
    meanwhile: consume('two'),
    answers: [null, token],
    finally: consume('two'),
    is: token,
  },
  {
    name: 'a use of a token, and the issue of a newer one',
    given: issue,
    run: consume('one'),
    meanwhile: (stores) => stores.oneTimeTokens.issue({ ...token, hash: 'newer' }),
    answers: [null, undefined],
    finally: consume('one'),
    is: null,
  },
  {
    name: 'the issue of a token, and of the same, and its use',
    run: issue,
    meanwhile: async (stores) => {
      await issue(stores)
      return consume('one')(stores)
    },
    answers: [undefined, token],
    finally: consume('two'),
    is: null,
  },
  {
    name: 'an earlier start of a key, and its end',
    given: (stores) => stores.keys.insert(newKey(1, 'kid')),
    run: (stores) => stores.keys.promote(1, NOW),
    meanwhile: (stores) => stores.keys.retire(1, NOW),
    answers: [false, true],
    finally: (stores) => stores.keys.list(),
    is: [{ ...newKey(1, 'kid'), retiredAt: NOW, wrappedPrivateKey: null }],
  },
  {
    name: 'two hits',
    run: (stores) => stores.counters.count([{ key: 'key', windowMs: HOUR }]),
    meanwhile: async (stores) => (await stores.counters.count([{ key: 'key', windowMs: HOUR }]))[0]?.count,
    answers: [[expect.objectContaining({ count: 2 })], 1],
    finally: async (stores) => (await stores.counters.count([{ key: 'key', windowMs: HOUR }]))[0]?.count,
    is: 3,
  },
]

const ENGINES: readonly Engine[] = ['datastore', 'firestore']

for (const engine of ENGINES) {
  await withEmulator(engine, `interleavings on the ${engine} emulator`, async ({ address }) => {
    const client = await connect({ address })

    const opened = heldStores(client)

    describe(`on the ${engine} emulator`, () => {
      it.each(INTERLEAVINGS)('$name', async ({ given, run, meanwhile, answers, finally: look, is }) => {
        const { held, others, told } = opened(1)
        await given?.(others)
        expect([await run(held(meanwhile)), ...told]).toEqual(answers)
        expect(await look(others)).toEqual(is)
      })

      const outdated = newSession(user, 'outdated', { claims: { ...session.claims, version: 0 } })
      it.each([
        ['a change of password', undefined, endAll, 'credentials-outdated'],
        ['a change of role', undefined, rewriteClaims, 'claims-outdated'],
        [
          'a deletion',
          undefined,
          (stores: Stores) => stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null }),
          'credentials-outdated',
        ],
        ['another', undefined, (stores: Stores) => stores.sessions.create(newSession(user, 'other')), 'created'],
        ['one of other claims', undefined, (stores: Stores) => stores.sessions.create(outdated), 'created'],
        ['a change of password of somebody with a permit', (stores: Stores) => stores.sessions.create(outdated), endAll, 'credentials-outdated'],
        ['a change of role of somebody with a permit', (stores: Stores) => stores.sessions.create(outdated), rewriteClaims, 'claims-outdated'],
      ] as const)('a sign-in that found no permit and has looked, and %s', async (_, given, meanwhile, answer) => {
        // The first commit asks for the permit.
        const { held, others } = opened(2)
        await given?.(others)
        expect(await outcome(held(meanwhile).sessions.create(session))).toBe(answer)
        expect(await find(others)).toEqual(answer === 'created' ? session : null)
        const permitted = await outcome(others.sessions.create(newSession(user, 'after')))
        expect(permitted).toBe(answer)
      })

      it.each([
        ['a refresh', (stores: Stores) => stores.sessions.rotate(rotation), { ...session, counter: 1, idleExpiresAt: NOW + 2 * HOUR }],
        ['a sign-out', (stores: Stores) => stores.sessions.end(key), null],
      ] as const)('a change of role that has read the sessions, and %s', async (_, meanwhile, left) => {
        // The first commit raises the mark, the second rewrites the sessions.
        const { held, others } = opened(2)
        await signIn(others)
        await rewriteClaims(held(meanwhile))
        expect(await find(others)).toEqual(left === null ? null : { ...left, claims: { ...session.claims, version: 2 } })
      })

      it.each([
        ['a refresh', (stores: Stores) => stores.sessions.rotate(rotation), 2],
        ['a sign-out', (stores: Stores) => stores.sessions.end(key), 1],
      ] as const)('the end of all sessions that has read them, and %s', async (_, meanwhile, ended) => {
        const { held, others } = opened(2)
        await signIn(others)
        await others.sessions.create(newSession(user, 'other'))
        expect(await endAll(held(meanwhile))).toBe(ended)
        expect((await others.sessions.list({ userId: user.id, limit: 10, cursor: null })).sessions).toEqual([])
      })
    })
  })
}
