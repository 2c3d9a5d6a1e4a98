import assert from 'node:assert/strict'
import { HOUR, MINUTE } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newSigningKey } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Generations of the signing key. */
export const keyClauses: readonly Clause<StoreTrial<'keys'>>[] = [
  {
    id: 'K1',
    promise: 'insert stores the key if its generation is absent; otherwise it is `exists` and the stored key stays',
    why: 'a generation that changes under its tokens makes every one of them invalid',
    async run({ stores, second, clock }) {
      const key = newSigningKey(clock, 1)
      assert.equal(await stores.keys.insert(key), 'inserted')
      assert.equal(await second.keys.insert(newSigningKey(clock, 1)), 'exists')
      assert.deepEqual(await second.keys.list(), [key])
    },
  },
  {
    id: 'K2',
    promise: 'the same generation with the same `kid` is the own write: `inserted` again, and nothing changes',
    why: 'after a lost answer an instance must know that its key is the one that counts; a retired private part must not come back',
    async run({ stores, second, clock }) {
      const key = newSigningKey(clock, 1)
      assert.equal(await stores.keys.insert(key), 'inserted')
      assert.equal(await second.keys.insert(key), 'inserted')
      const retiredAt = clock.now() + HOUR
      await stores.keys.retire(1, retiredAt)
      assert.equal(await second.keys.insert(key), 'inserted')
      assert.deepEqual(await stores.keys.list(), [{ ...key, wrappedPrivateKey: null, retiredAt }])
    },
  },
  {
    id: 'K3',
    promise: 'of many that insert one generation at once exactly one is `inserted`, the others `exists`',
    why: 'parallel cold starts must converge on one key, or half of all tokens are refused',
    async run(trial) {
      const keys = Array.from({ length: trial.parallel }, () => newSigningKey(trial.clock, 1))
      const outcomes = await atOnce(trial, keys.length, (stores, index) => stores.keys.insert(keys[index]!))
      assert.equal(outcomes.filter((outcome) => outcome === 'inserted').length, 1)
      assert.equal(outcomes.filter((outcome) => outcome === 'exists').length, keys.length - 1)
      assert.deepEqual(await trial.second.keys.list(), [keys[outcomes.indexOf('inserted')]])
    },
  },
  {
    id: 'K4',
    promise: 'list gives every generation ever inserted, lowest first, every field as it was given; empty when none',
    why: 'a key that is missing from the list makes its tokens invalid',
    async run({ stores, second, clock }) {
      assert.deepEqual(await stores.keys.list(), [])
      const keys = [1, 2, 3, 9, 10, 11].map((generation) => newSigningKey(clock, generation))
      for (const index of [4, 0, 2, 5, 1, 3]) await stores.keys.insert(keys[index]!)
      assert.deepEqual(await second.keys.list(), keys)
      await stores.keys.retire(2, clock.now())
      assert.deepEqual(
        (await second.keys.list()).map(({ generation }) => generation),
        [1, 2, 3, 9, 10, 11],
      )
    },
  },
  {
    id: 'K5',
    promise: 'promote makes the generation sign from an earlier instant on; never from a later one',
    why: 'after a key was stolen its successor must sign at once; a promotion that postpones leaves nobody to sign',
    async run(trial) {
      const { stores, second, clock } = trial
      const key = newSigningKey(clock, 1)
      const other = newSigningKey(clock, 2)
      await stores.keys.insert(key)
      await stores.keys.insert(other)
      const at = key.activeFrom - MINUTE
      assert.equal(await stores.keys.promote(1, at), true)
      assert.deepEqual(await second.keys.list(), [{ ...key, activeFrom: at }, other])
      await second.keys.promote(1, at + HOUR)
      assert.deepEqual(await second.keys.list(), [{ ...key, activeFrom: at }, other])
      const instants = Array.from({ length: trial.parallel }, (_, index) => at - 1 - ((index * 7) % trial.parallel))
      await atOnce(trial, instants.length, (handle, index) => handle.keys.promote(1, instants[index]!))
      assert.deepEqual(await second.keys.list(), [{ ...key, activeFrom: Math.min(...instants) }, other])
    },
  },
  {
    id: 'K6',
    promise: 'promote is `true` again when repeated, `false` for an absent or retired generation, which it neither creates nor revives',
    why: 'a retired key that signs again is the one that was stolen',
    async run({ stores, second, clock }) {
      const key = newSigningKey(clock, 1)
      await stores.keys.insert(key)
      assert.equal(await stores.keys.promote(1, clock.now()), true)
      assert.equal(await second.keys.promote(1, clock.now()), true)
      assert.equal(await second.keys.promote(2, clock.now()), false)
      await stores.keys.retire(1, clock.now())
      assert.equal(await second.keys.promote(1, clock.now() - MINUTE), false)
      assert.deepEqual(await second.keys.list(), [{ ...key, activeFrom: clock.now(), wrappedPrivateKey: null, retiredAt: clock.now() }])
    },
  },
  {
    id: 'K7',
    promise: 'retire ends the generation at the instant, erases its private part, keeps the row, and touches no other generation',
    why: 'a private key that is still stored can still be stolen; a generation used twice confuses every verifier',
    async run({ stores, second, clock, rowsWith }) {
      const [key, other] = [newSigningKey(clock, 1), newSigningKey(clock, 11)]
      await stores.keys.insert(key)
      await stores.keys.insert(other)
      const at = clock.now() + MINUTE
      assert.equal(await stores.keys.retire(1, at), true)
      assert.deepEqual(await second.keys.list(), [{ ...key, wrappedPrivateKey: null, retiredAt: at }, other])
      assert.deepEqual((await rowsWith(key.wrappedPrivateKey!)) ?? [], [])
      assert.equal(await second.keys.insert(newSigningKey(clock, 1)), 'exists')
      assert.equal(await second.keys.retire(2, at), false)
      assert.equal((await second.keys.list()).length, 2)
    },
  },
  {
    id: 'K8',
    promise: 'retire repeated is `true`, and the first instant stays, whether the later call names an earlier or a later one',
    why: 'the instant a key ended is what incident reports and verifiers agree on',
    async run({ stores, second, clock }) {
      const key = newSigningKey(clock, 1)
      await stores.keys.insert(key)
      const at = clock.now() + MINUTE
      for (const instant of [at, at + MINUTE, at - MINUTE]) {
        assert.equal(await stores.keys.retire(1, instant), true)
        assert.deepEqual(await second.keys.list(), [{ ...key, wrappedPrivateKey: null, retiredAt: at }])
      }
    },
  },
]
