import assert from 'node:assert/strict'
import { StoreUnavailableError, type Instant, type KeyRing, type SigningKey } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { KEY_SETTINGS, type DomainTrial, type Instance } from './domain-trial.ts'
import { isAccepted, refreshed, refreshTokenOf, signIn, someone } from './people.ts'

/** The key clauses are of the jwt strategy; the session strategy signs nothing and shows no key. */
async function ringOf(trial: DomainTrial, at: Instance): Promise<KeyRing | null> {
  if (at.keys !== null) return at.keys
  assert.equal(trial.strategy, 'session')
  assert.deepEqual(await at.auth.publicKeys(), [])
  assert.deepEqual(await trial.stores.keys.list(), [])
  return null
}

const kids = (keys: readonly { readonly kid: string }[]): string[] => keys.map(({ kid }) => kid)

/** When an instance that looks publishes the second key. */
async function nextIsDueAt({ stores }: DomainTrial): Promise<Instant> {
  const [first] = await stores.keys.list()
  return (first?.activeFrom ?? 0) + (KEY_SETTINGS.rotationSeconds - KEY_SETTINGS.publishLeadSeconds) * 1000
}

async function withNextPublished(trial: DomainTrial): Promise<readonly [current: SigningKey, next: SigningKey]> {
  trial.clock.moveTo(await nextIsDueAt(trial))
  await trial.here.auth.publicKeys()
  const [current, next] = await trial.stores.keys.list()
  assert.ok(current !== undefined && next !== undefined && next.activeFrom > trial.clock.now())
  return [current, next]
}

export const keyRingClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D40',
    promise: 'many first starts at once agree on one key',
    why: 'each cold instance signs with a key that the others refuse',
    run: async (trial) => {
      const ring = await ringOf(trial, trial.here)
      if (ring === null) return
      for (const { generation } of await trial.stores.keys.list()) await trial.stores.keys.retire(generation, trial.clock.now())
      const starts = await Promise.all(Array.from({ length: 8 }, () => trial.start()))
      const shown = await Promise.all(starts.map(async ({ auth }) => kids(await auth.publicKeys())))
      assert.deepEqual(shown, Array(8).fill(shown[0]))
      assert.equal(shown[0]?.length, 1)
      const { started } = await someone(starts[0] ?? trial.here)
      for (const instance of starts) assert.equal(await isAccepted(instance, started), true)
    },
  },
  {
    id: 'D41',
    promise:
      'a rotation publishes the next key before it signs, keeps the old one until its last token died, then erases it; no token is refused on the way',
    why: 'everybody is signed out on rotation day, or old keys pile up',
    run: async (trial) => {
      const ring = await ringOf(trial, trial.here)
      if (ring === null) return
      const person = await someone(trial.here)
      const [first] = await trial.stores.keys.list()
      assert.ok(first !== undefined)
      const rotateAt = first.activeFrom + KEY_SETTINGS.rotationSeconds * 1000
      trial.clock.moveTo(rotateAt - KEY_SETTINGS.publishLeadSeconds * 1000)
      const before = await signIn(trial.here, person.email)
      const published = kids(await trial.elsewhere.auth.publicKeys())
      assert.equal(published.length, 2)
      assert.equal((await ring.signingKey()).kid, first.kid)
      assert.equal(await isAccepted(trial.elsewhere, before), true)

      trial.clock.moveTo(rotateAt - 1)
      const last = await signIn(trial.elsewhere, person.email)
      trial.clock.moveTo(rotateAt)
      assert.equal(
        (await ring.signingKey()).kid,
        published.find((kid) => kid !== first.kid),
      )
      const after = await signIn(trial.here, person.email)
      assert.equal(await isAccepted(trial.elsewhere, after), true)
      assert.equal(await isAccepted(trial.here, last), true)

      trial.clock.moveTo(rotateAt + KEY_SETTINGS.tokenLifeSeconds * 1000)
      await ring.load()
      const [old] = await trial.stores.keys.list()
      assert.ok(old !== undefined && old.retiredAt !== null && old.wrappedPrivateKey === null)
      assert.deepEqual(
        kids(await trial.here.auth.publicKeys()),
        published.filter((kid) => kid !== first.kid),
      )
    },
  },
  {
    id: 'D42',
    promise:
      'a leaked key is replaced and retired at once: its tokens are refused here now, elsewhere within the refresh of the keys, and sessions live on',
    why: 'whoever has the key is everybody',
    run: async (trial) => {
      const ring = await ringOf(trial, trial.here)
      if (ring === null) return
      const { started } = await someone(trial.here)
      for (const instance of [trial.here, trial.elsewhere]) assert.equal(await isAccepted(instance, started), true)
      const [leaked] = await trial.stores.keys.list()
      assert.ok(leaked !== undefined)
      assert.equal((await ring.promote()).generation, leaked.generation + 1)
      assert.equal(await ring.retire(leaked.generation), true)
      assert.equal(await isAccepted(trial.here, started), false)
      trial.clock.advance(KEY_SETTINGS.refreshSeconds * 1000)
      const next = await refreshed(trial.elsewhere, refreshTokenOf(started))
      assert.equal(await isAccepted(trial.elsewhere, started), false)
      assert.equal(await isAccepted(trial.here, next), true)
      assert.equal(await ring.retire(99), false)
    },
  },
  {
    id: 'D43',
    promise: 'with the key store down the last good keys work for a while, and then every check is unavailable, not refused and not passed',
    why: 'a short outage signs everybody out, or a retired key is trusted for ever',
    run: async (trial) => {
      const ring = await ringOf(trial, trial.here)
      if (ring === null) return
      const readAt = trial.clock.now()
      trial.clock.advance((KEY_SETTINGS.refreshSeconds - 100) * 1000)
      const { started } = await someone(trial.here)
      trial.script.failAll(new StoreUnavailableError('planted'))
      trial.clock.advance(200_000)
      assert.equal(await isAccepted(trial.here, started), true)
      trial.clock.moveTo(readAt + KEY_SETTINGS.maxStaleSeconds * 1000 - 1)
      assert.equal(await isAccepted(trial.here, started), false)
      trial.clock.advance(10_000)
      await assert.rejects(async () => trial.here.auth.authorize(started.credentials.accessToken, { access: 'signed-in' }), StoreUnavailableError)
      trial.script.failAll(null)
      trial.clock.advance(10_000)
      assert.equal(await isAccepted(trial.here, (await someone(trial.here)).started), true)
    },
  },
  {
    id: 'D44',
    promise: 'what is shown of keys is public, and what is stored of their private parts is sealed',
    why: 'a copy of the database signs tokens',
    run: async (trial) => {
      if ((await ringOf(trial, trial.here)) === null) return
      const shown = await trial.here.auth.publicKeys()
      assert.equal(shown.length, 1)
      for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) assert.equal(Object.hasOwn(shown[0] ?? {}, member), false)
      for (const { wrappedPrivateKey } of await trial.stores.keys.list()) assert.doesNotMatch(wrappedPrivateKey ?? '', /"d"|PRIVATE|^\{/)
    },
  },
  {
    id: 'D52',
    promise: 'the key that signs is retired only when another one signs, also when that one waits for its day',
    why: 'a leak becomes an outage: nobody can sign in until the day of the next key',
    run: async (trial) => {
      const ring = await ringOf(trial, trial.here)
      if (ring === null) return
      const [leaked, waiting] = await withNextPublished(trial)
      const { started } = await someone(trial.here)
      assert.equal(await ring.retire(leaked.generation), true)
      assert.equal((await ring.signingKey()).kid, waiting.kid)
      trial.clock.advance(KEY_SETTINGS.refreshSeconds * 1000)
      const next = await refreshed(trial.elsewhere, refreshTokenOf(started))
      assert.equal(await isAccepted(trial.here, next), true)
      assert.equal(await ring.retire(leaked.generation), true)
      assert.equal((await ring.signingKey()).kid, waiting.kid)
      assert.equal((await trial.stores.keys.list()).length, 2)
    },
  },
  {
    id: 'D53',
    promise: 'a promotion that meets an instance which publishes the same generation makes that one sign now, and no second one',
    why: 'whoever replaced a leaked key is told that it is done, and the leaked one signs on',
    run: async (trial) => {
      const ring = await ringOf(trial, trial.here)
      if (ring === null) return
      trial.clock.moveTo(await nextIsDueAt(trial))
      trial.script.before('keys.insert', async () => void (await trial.elsewhere.auth.publicKeys()))
      const { generation, kid, activeFrom } = await ring.promote()
      assert.deepEqual([generation, activeFrom], [2, trial.clock.now()])
      assert.equal((await ring.signingKey()).kid, kid)
      assert.equal(kids(await trial.elsewhere.auth.publicKeys()).includes(kid), true)
      assert.equal((await trial.stores.keys.list()).length, 2)
    },
  },
]
