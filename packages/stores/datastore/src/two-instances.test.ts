import { randomUUID } from 'node:crypto'
import { CLOSED_FLOOR, HOUR, type Session, type Stores } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { connect, kept, PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { rawEntities } from '../testing/raw-entities.ts'
import { newIdentity, newSession, newUser, NOW } from '../testing/samples.ts'
import type { Engine } from '../testing/start-emulator.ts'
import { datastoreStores } from './datastore-stores.ts'

// What an instance remembers is never what it says: whatever another one did in between, the answers are those of an instance that remembers nothing.

const user = newUser('user')
const SESSION_IDS = ['first', 'second'] as const
const session = (id: string, credentialsVersion = 1, claimsVersion = 1): Session => {
  const plain = newSession(user, id, { credentialsVersion, idleExpiresAt: NOW + HOUR, expiresAt: NOW + 3 * HOUR })
  return { ...plain, claims: { ...plain.claims, version: claimsVersion } }
}
const key = { userId: user.id, sessionId: 'first', secretHash: null }
const rotation = (counter: number, graceMs = 0) => ({ ...key, counter, graceMs, idleExpiresAt: NOW + 2 * HOUR })
const signIn = (stores: Stores): Promise<unknown> => stores.sessions.create(session('first'))
const create =
  (credentialsVersion: number, claimsVersion = 1) =>
  (stores: Stores) =>
    stores.sessions.create(session('second', credentialsVersion, claimsVersion))
const rotate = (counter: number, graceMs?: number) => async (stores: Stores) => {
  const rotated = await stores.sessions.rotate(rotation(counter, graceMs))
  return 'session' in rotated ? [rotated.outcome, rotated.session.counter, rotated.session.claims.version] : rotated.outcome
}
const end = (stores: Stores): Promise<unknown> => stores.sessions.end(key)
const endAll = (floor: number) => (stores: Stores) => stores.sessions.endAll({ userId: user.id, floor, except: null })
const rewriteClaims = (stores: Stores): Promise<unknown> => stores.sessions.rewriteClaims(user.id, { ...session('first').claims, version: 2 })
const prolong = async (stores: Stores) => {
  const secretHash = session('first').secretHash ?? ''
  return (await stores.sessions.prolong({ ...key, secretHash, idleExpiresAt: NOW + 2 * HOUR }))?.claims.version
}
const count = async (stores: Stores) => (await stores.counters.count([{ key: 'key', windowMs: HOUR }]))[0]?.count
const register = (stores: Stores): Promise<unknown> => stores.users.create(user, newIdentity(user))
const both =
  (...all: readonly ((stores: Stores) => Promise<unknown>)[]) =>
  async (stores: Stores) => {
    for (const each of all) await each(stores)
  }

/** What one instance knows, what another does then, and what the first one answers. */
const MEETINGS: readonly (readonly [
  name: string,
  knows: (stores: Stores) => Promise<unknown>,
  elsewhere: (stores: Stores) => Promise<unknown>,
  run: (stores: Stores) => Promise<unknown>,
  answer: unknown,
])[] = [
  ['a refresh of a session that has ended', signIn, end, rotate(0), 'absent'],
  ['a sign-out of a session that has ended', signIn, end, end, false],
  ['a prolongation of a session that has ended', signIn, endAll(1), prolong, undefined],
  ['a check of a session that has ended', signIn, end, (stores) => stores.sessions.find(user.id, 'first'), null],
  ['a refresh with a token that was used', signIn, rotate(0), rotate(0), 'reused'],
  ['a refresh with a token that was just used', signIn, rotate(0), rotate(0, 10_000), ['repeated', 1, 1]],
  ['a refresh with the token that came of it', signIn, rotate(0), rotate(1), ['rotated', 2, 1]],
  ['a sign-out of a session that was refreshed', signIn, rotate(0), end, true],
  ['a refresh after a change of role', signIn, rewriteClaims, rotate(0), ['rotated', 1, 2]],
  ['a prolongation after a change of role', signIn, rewriteClaims, prolong, 2],
  ['a sign-in after a change of role', signIn, rewriteClaims, create(1, 2), { outcome: 'created', floor: 0 }],
  ['a sign-in that has not heard of a change of role', signIn, rewriteClaims, create(1), { outcome: 'claims-outdated' }],
  ['a sign-in with the password of before', signIn, endAll(2), create(1), { outcome: 'credentials-outdated' }],
  ['a sign-in with the password of now', signIn, endAll(2), create(2), { outcome: 'created', floor: 2 }],
  ['a sign-in where the end of all sessions is still to come', signIn, create(1), create(2), { outcome: 'created', floor: 0 }],
  [
    'another where it still is',
    both(signIn, create(2)),
    signIn,
    (stores) => stores.sessions.create(session('third', 2)),
    { outcome: 'created', floor: 0 },
  ],
  ['a sign-in of somebody who was deleted', signIn, endAll(CLOSED_FLOOR), create(1), { outcome: 'credentials-outdated' }],
  ['the first sign-in of somebody who was deleted', register, endAll(CLOSED_FLOOR), create(1), { outcome: 'credentials-outdated' }],
  ['the first sign-in of somebody who is signed in elsewhere', register, signIn, create(1), { outcome: 'created', floor: 0 }],
  ['a hit', both(count, count), both(count, count), count, 5],
]

type Step = { readonly at: 0 | 1; readonly call: (stores: Stores) => Promise<unknown> } | { readonly passMs: number }

const version = fc.integer({ min: 1, max: 3 })
const id = fc.constantFrom(...SESSION_IDS)
const call: fc.Arbitrary<(stores: Stores) => Promise<unknown>> = fc.oneof(
  fc.tuple(id, version, version).map(
    ([of, credentials, claims]) =>
      (stores: Stores) =>
        stores.sessions.create(session(of, credentials, claims)),
  ),
  fc.tuple(id, fc.nat(2), fc.constantFrom(0, HOUR)).map(
    ([sessionId, counter, graceMs]) =>
      (stores: Stores) =>
        stores.sessions.rotate({ ...rotation(counter, graceMs), sessionId }),
  ),
  fc.tuple(id, fc.constantFrom('another', ...SESSION_IDS)).map(
    ([sessionId, secretOf]) =>
      (stores: Stores) =>
        stores.sessions.prolong({ ...key, sessionId, secretHash: session(secretOf).secretHash ?? '', idleExpiresAt: NOW + 2 * HOUR }),
  ),
  id.map((sessionId) => (stores: Stores) => stores.sessions.end({ ...key, sessionId })),
  id.map((sessionId) => (stores: Stores) => stores.sessions.find(user.id, sessionId)),
  fc.tuple(fc.constantFrom(0, 1, 2, 3, CLOSED_FLOOR), fc.constantFrom(null, ...SESSION_IDS)).map(
    ([floor, except]) =>
      (stores: Stores) =>
        stores.sessions.endAll({ userId: user.id, floor, except }),
  ),
  version.map((claims) => (stores: Stores) => stores.sessions.rewriteClaims(user.id, { ...session('first').claims, version: claims })),
  fc.constant((stores: Stores) => stores.counters.count(['key', 'other'].map((name) => ({ key: name, windowMs: HOUR })))),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ at: fc.constantFrom(0 as const, 1 as const), call }) },
  { weight: 1, arbitrary: fc.constantFrom(HOUR / 2, 25 * HOUR).map((passMs) => ({ passMs })) },
)

const ENGINES: readonly Engine[] = ['datastore', 'firestore']

for (const engine of ENGINES) {
  await withEmulator(engine, `two instances on the ${engine} emulator`, async ({ address }) => {
    const client = await connect({ address })

    function database() {
      const namespace = randomUUID()
      let now = NOW
      return {
        instance: () => datastoreStores({ client: kept(client), projectId: PROJECT, namespace, clock: { now: () => now } }),
        raw: rawEntities({ client, projectId: PROJECT, namespace }),
        pass: (ms: number) => {
          now += ms
        },
      }
    }

    describe(`two instances on the ${engine} emulator`, { timeout: 60_000 }, () => {
      it.each(MEETINGS)('%s', async (_, knows, elsewhere, run, answer) => {
        const { instance } = database()
        const [one, other] = [instance(), instance()]
        await knows(one)
        await elsewhere(other)
        expect(await run(one)).toEqual(answer)
      })

      it.each([
        ['a refresh', rotate(0), ['rotated', 1, 1]],
        ['a prolongation', prolong, 1],
        ['a sign-out', end, true],
      ] as const)('%s of a session that is over as far as the one knows, and was prolonged by the other', async (_, run, answer) => {
        const { instance, pass } = database()
        const [one, other] = [instance(), instance()]
        await signIn(one)
        await prolong(other)
        pass(HOUR)
        expect(await run(one)).toEqual(answer)
      })

      it('answer everything as instances do that remember nothing', async () => {
        await fc.assert(
          fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 14 }), async (steps) => {
            const [warm, cold] = [database(), database()]
            const instances = [warm.instance(), warm.instance()] as const
            for (const each of steps) {
              if ('passMs' in each) for (const { pass } of [warm, cold]) pass(each.passMs)
              else expect(await each.call(instances[each.at])).toEqual(await each.call(cold.instance()))
            }
            for (const sessionId of SESSION_IDS) {
              expect(await instances[0].sessions.find(user.id, sessionId)).toEqual(await cold.instance().sessions.find(user.id, sessionId))
            }
            // Nothing but what each rotation calls itself is stored otherwise.
            const stored = async ({ raw }: typeof warm) => (await raw.all()).map(({ text }) => text.replace(/"attemptId":"[^"]+"/, ''))
            expect(await stored(warm)).toEqual(await stored(cold))
            expect(await permitsOf(warm.raw)).toEqual(await permitsNamed(warm.raw))
          }),
          { numRuns: 60 },
        )
      })
    })
  })
}

type Raw = ReturnType<typeof rawEntities>

/** The names of the permits that are there. */
async function permitsOf(raw: Raw): Promise<readonly string[]> {
  return (await raw.all()).flatMap(({ kind, text }) => (kind === 'SallyportSessionPermit' ? [/SessionPermit:(\S+)/.exec(text)?.[1] ?? ''] : []))
}

/** And of those that floors name. */
async function permitsNamed(raw: Raw): Promise<readonly string[]> {
  const named = (await raw.all()).map(({ text }) => /"permit":\{"credentialsVersion":(\d+),"claimsVersion":(\d+)\}/.exec(text))
  return named.flatMap((found) => (found === null ? [] : [`${found[1]}.${found[2]}`]))
}
