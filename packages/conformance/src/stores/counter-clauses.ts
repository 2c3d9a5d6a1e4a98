import assert from 'node:assert/strict'
import { HOUR, MINUTE } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newToken } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Rate limits that all instances share. */
export const counterClauses: readonly Clause<StoreTrial<'counters'>>[] = [
  {
    id: 'C1',
    promise: 'count counts every hit and tells the counts in the order of the hits, with the end of each aligned window',
    why: 'an answer in another order limits the wrong account',
    async run({ stores, second, clock }) {
      const [a, b] = [newToken(), newToken()]
      clock.moveTo(windowStart(clock.now(), HOUR) + 17 * MINUTE)
      const now = clock.now()
      const hits = [
        { key: a, windowMs: MINUTE },
        { key: b, windowMs: HOUR },
      ]
      const ends = [windowStart(now, MINUTE) + MINUTE, windowStart(now, HOUR) + HOUR]
      assert.deepEqual(await stores.counters.count([hits[1]!]), [{ count: 1, resetsAt: ends[1] }])
      assert.deepEqual(await second.counters.count(hits), [
        { count: 1, resetsAt: ends[0] },
        { count: 2, resetsAt: ends[1] },
      ])
      assert.deepEqual(await stores.counters.count([hits[1]!, hits[0]!]), [
        { count: 3, resetsAt: ends[1] },
        { count: 2, resetsAt: ends[0] },
      ])
      assert.deepEqual(await stores.counters.count([]), [])
    },
  },
  {
    id: 'C2',
    promise: 'other keys, and windows of other lengths under the same key, do not share counts',
    why: "one account's failures must not lock out another",
    async run({ stores, second, clock }) {
      clock.moveTo(windowStart(clock.now(), HOUR) + 5 * MINUTE)
      const key = newToken()
      await stores.counters.count([{ key, windowMs: MINUTE }])
      const counts = await second.counters.count([
        { key, windowMs: HOUR },
        { key: `${key}0`, windowMs: MINUTE },
        { key: key.slice(0, -1), windowMs: MINUTE },
        { key: `${key} `, windowMs: MINUTE },
        { key, windowMs: MINUTE },
      ])
      assert.deepEqual(
        counts.map(({ count }) => count),
        [1, 1, 1, 1, 2],
      )
    },
  },
  {
    id: 'C3',
    promise: 'a new window starts at 1 exactly at `resetsAt`, not a millisecond before, whether the old row was swept or not',
    why: 'a limit that resets late locks people out, one that resets early lets guesses through',
    async run({ stores, second, clock, sweep }) {
      const hits = [{ key: newToken(), windowMs: MINUTE }]
      clock.moveTo(windowStart(clock.now(), MINUTE) + MINUTE / 2)
      const first = await stores.counters.count(hits)
      clock.moveTo(first[0]!.resetsAt - 1)
      assert.deepEqual(await second.counters.count(hits), [{ count: 2, resetsAt: first[0]!.resetsAt }])
      clock.moveTo(first[0]!.resetsAt)
      assert.deepEqual(await second.counters.count(hits), [{ count: 1, resetsAt: first[0]!.resetsAt + MINUTE }])
      clock.advance(5 * MINUTE)
      await sweep()
      assert.deepEqual(await stores.counters.count(hits), [{ count: 1, resetsAt: first[0]!.resetsAt + 6 * MINUTE }])
    },
  },
  {
    id: 'C4',
    promise: 'n hits at once give n different counts from 1 to n',
    why: 'parallel guesses that see the same count pass the limit together',
    async run(trial) {
      const hits = [{ key: newToken(), windowMs: HOUR }]
      const counts = await atOnce(trial, trial.parallel, (stores) => stores.counters.count(hits))
      const sorted = counts.map((count) => count[0]!.count).toSorted((a, b) => a - b)
      assert.deepEqual(
        sorted,
        Array.from({ length: trial.parallel }, (_, index) => index + 1),
      )
    },
  },
  {
    id: 'C5',
    promise: 'the same key twice in one call counts twice',
    why: 'a batch that folds equal keys loses hits',
    async run({ stores, second }) {
      const hit = { key: newToken(), windowMs: HOUR }
      const counts = await stores.counters.count([hit, { ...hit, key: newToken() }, hit])
      assert.deepEqual(
        counts.map(({ count }) => count),
        [1, 1, 2],
      )
      assert.equal((await second.counters.count([hit]))[0]!.count, 3)
    },
  },
  {
    id: 'E15',
    promise: 'keys of 128 characters with any characters count apart; eight hits fit into one call; the clean-up removes ended windows and no others',
    why: 'keys are made from what clients send; rows that never go let anybody fill the store',
    async run({ stores, second, clock, rowsWith, sweep }) {
      clock.moveTo(Math.floor(clock.now() / HOUR) * HOUR + MINUTE / 2)
      const name = newToken()
      const keys = ['%', '_', '*', '/', '#', '|', ':', '名'].map((mark) => (name + mark).padEnd(128, mark))
      const hits = keys.map((key) => ({ key, windowMs: MINUTE }))
      const once = await stores.counters.count(hits)
      assert.deepEqual(
        once.map(({ count }) => count),
        keys.map(() => 1),
      )
      const lasting = { key: `${name}lasting`, windowMs: HOUR }
      await stores.counters.count([lasting])
      clock.moveTo(once[0]!.resetsAt)
      if (await sweep()) assert.deepEqual((await rowsWith(keys[0]!)) ?? [], [])
      assert.equal((await second.counters.count([lasting]))[0]!.count, 2)
    },
  },
]

function windowStart(instant: number, windowMs: number): number {
  return Math.floor(instant / windowMs) * windowMs
}
