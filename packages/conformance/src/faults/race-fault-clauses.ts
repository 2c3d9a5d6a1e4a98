import assert from 'node:assert/strict'
import { HOUR } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newIdentity, newSigningKey, newToken, newUser } from '../stores/samples.ts'
import type { FaultTrial } from './fault-harness.ts'
import { prepared } from './write-fault-clauses.ts'
import { eachOf, told, toldAtLast } from './told.ts'

const CALLERS = 8
/** Some of the callers lose an answer, some lose several, and none loses all. */
const LOST = 5

/** An adapter that tries for ever without a pause makes thousands within any deadline. */
const MOST_TRIES = 100

/** Many callers at once, and answers get lost: who wins, and that there is one. */
export const raceFaultClauses: readonly Clause<FaultTrial>[] = [
  {
    id: 'F11',
    promise: 'of many that use one one-time token at once while answers get lost exactly one gets it',
    why: 'a repetition that hands the token out again opens an account twice; one that burns it opens it never',
    async run(trial) {
      const [{ stores, faults }, { token }] = await prepared(trial, ({ plain }, about) => plain.oneTimeTokens.issue(about.token))
      faults.next('lost-answer', LOST)
      const given = await together((index) =>
        toldAtLast(trial, 'consume', () => stores.oneTimeTokens.consume({ ...token, attemptId: `attempt-${index}` })),
      )
      assert.equal(given.filter((each) => each !== null).length, 1)
    },
  },
  {
    id: 'F12',
    promise: 'of many that register one identity at once while answers get lost exactly one gets `created`, and of a loser no row stays behind',
    why: 'two accounts behind one address is an account takeover; none behind it is an address that can never register again',
    async run(trial) {
      const [{ stores, plain, faults }, { identity }] = await prepared(trial, async () => {})
      const rivals = Array.from({ length: CALLERS }, () => newUser(trial.clock))
      faults.next('lost-answer', LOST)
      const outcomes = await together((index) => {
        const user = rivals[index]!
        return toldAtLast(trial, 'create', () => stores.users.create(user, newIdentity(user, { key: identity.key })))
      })
      const winner = (await plain.users.findByIdentity(identity.key))?.user.id
      for (const [index, { id }] of rivals.entries()) {
        assert.equal(outcomes[index], id === winner ? 'created' : 'identity-taken')
        assert.equal((await plain.users.find(id)) !== null, id === winner, 'only the winner is there')
      }
    },
  },
  {
    id: 'F13',
    promise:
      'of many rotations with one counter at once while answers get lost at most one is told `rotated`, all others `repeated` with the same successor',
    why: 'a second line of tokens would live beside the first, and a false `reused` signs the owner out as a thief',
    async run(trial) {
      const [{ stores, plain, faults }, { session, rotation }] = await prepared(trial, (opened, about) => opened.plain.sessions.create(about.session))
      faults.next('lost-answer', LOST)
      const outcomes = await together(() => toldAtLast(trial, 'rotate', () => stores.sessions.rotate(rotation)))
      assert.ok(outcomes.filter(({ outcome }) => outcome === 'rotated').length <= 1)
      for (const each of outcomes) assert.equal('session' in each ? each.session.counter : each.outcome, 1)
      assert.equal((await plain.sessions.find(session.userId, session.id))?.counter, 1)
    },
  },
  {
    id: 'F14',
    promise:
      'of many first starts that insert one generation of the key at once while answers get lost exactly one gets `inserted`, and it is the one that is there',
    why: 'an instance that signs with a key that is not stored is refused by all others',
    async run(trial) {
      const [{ stores, plain, faults }] = await prepared(trial, async () => {})
      const keys = Array.from({ length: CALLERS }, () => newSigningKey(trial.clock, 1))
      faults.next('lost-answer', LOST)
      const outcomes = await together((index) => toldAtLast(trial, 'insert', () => stores.keys.insert(keys[index]!)))
      const stored = await plain.keys.list()
      assert.equal(stored.length, 1)
      for (const [index, { kid }] of keys.entries()) assert.equal(outcomes[index], kid === stored[0]?.kid ? 'inserted' : 'exists')
    },
  },
  {
    id: 'F15',
    promise: `a hit is never counted less than told; lost answers make it count again, at most ${MOST_TRIES} times, and no call hangs`,
    why: 'a limit that forgets lets guesses through; one that counts without bound locks people out after one hiccup',
    async run(trial) {
      const [{ stores, plain, faults }] = await prepared(trial, async () => {})
      const hit = { key: newToken(), windowMs: HOUR }
      const count = async (): Promise<number> => (await stores.counters.count([hit]))[0]!.count
      assert.deepEqual(await told(trial, 'count', count), { answer: 1 })
      faults.next('lost-answer', 1)
      const again = await toldAtLast(trial, 'count (answer lost)', count)
      assert.ok(again >= 2 && again <= 3, `one lost answer counts once more at most, not up to ${again}`)
      await eachOf(['refused', 'throttled', 'hang'] as const, async (kind) => {
        const [other] = await prepared(trial, async () => {})
        other.faults.next(kind, Infinity)
        assert.equal(await told(trial, `count (${kind})`, async () => other.stores.counters.count([hit])), 'unavailable')
        assert.equal((await other.plain.counters.count([hit]))[0]?.count, 1, `count (${kind}) counted`)
      })
      faults.next('lost-answer', Infinity)
      assert.equal(await told(trial, 'count (all answers lost)', count), 'unavailable')
      faults.clear()
      const last = (await plain.counters.count([hit]))[0]!.count
      assert.ok(last > again && last <= again + 1 + MOST_TRIES, `counted ${last}`)
    },
  },
]

function together<Result>(call: (index: number) => Promise<Result>): Promise<readonly Result[]> {
  return Promise.all(Array.from({ length: CALLERS }, (_, index) => call(index)))
}
