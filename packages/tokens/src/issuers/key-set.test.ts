import { ConfigurationError, StoreUnavailableError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { testClock } from '../../test/fixtures.ts'
import { loaded, settings, settled, setUp, START } from '../../test/key-set-trial.ts'
import { keySet } from './key-set.ts'

test('all that ask before there are keys share one fetch', async () => {
  const trial = setUp()
  const asking = [false, false, true].map(async (known) => trial.keys.consult(known))
  expect(trial.fetches()).toBe(1)
  trial.answer('a')
  await Promise.all(asking)
  expect(trial.adopted()).toEqual(['a'])
  expect(trial.keys.consult(true)).toBe(null)
})

test('keys at hand are used without a fetch until the set is due, and then it is waited for', async () => {
  const trial = await loaded()
  trial.seconds(449)
  expect(trial.keys.consult(true)).toBe(null)
  expect(trial.fetches()).toBe(1)
  trial.seconds(151)
  const [one, two] = [trial.keys.consult(true), trial.keys.consult(true)]
  expect(one).not.toBe(null)
  expect(trial.fetches()).toBe(2)
  trial.answer('b')
  await Promise.all([one, two])
  expect(trial.adopted()).toEqual(['b'])
  expect(trial.keys.consult(true)).toBe(null)
})

test('in a busy process nobody waits: the set is fetched before it is due', async () => {
  const trial = await loaded()
  for (let round = 0; round < 5; round++) {
    trial.seconds(450)
    expect(trial.keys.consult(true)).toBe(null)
    expect(trial.keys.consult(true)).toBe(null)
    trial.answer(`round-${round}`)
    await settled()
    expect(trial.adopted()).toEqual([`round-${round}`])
  }
  expect(trial.fetches()).toBe(6)
})

test('an early fetch that a freeze cut off is waited for once the set is due, and given up after half a minute', async () => {
  const trial = await loaded()
  trial.seconds(500)
  expect(trial.keys.consult(true)).toBe(null)
  trial.seconds(400)
  const waiting = trial.keys.consult(true)
  expect(waiting).not.toBe(null)
  expect(trial.fetches()).toBe(3)
  trial.answerLast('new')
  await waiting
  // The late answer of the first is an old set: nobody hears it.
  trial.answer('old')
  await settled()
  expect(trial.adopted()).toEqual(['new'])
  expect(trial.keys.consult(true)).toBe(null)
})

test('a set is as old as its request, not as its answer', async () => {
  const trial = setUp()
  const first = trial.keys.consult(false)
  trial.seconds(20)
  trial.answer('a')
  await first
  trial.seconds(580)
  expect(trial.keys.consult(true)).not.toBe(null)
})

test('an unknown key id causes one fetch per cool-down, for all that ask', async () => {
  const trial = await loaded()
  for (let second = 0; second < 30; second++) {
    expect(trial.keys.consult(false)).toBe(null)
    trial.seconds(1)
  }
  expect(trial.fetches()).toBe(1)
  const asking = Array.from({ length: 50 }, async () => trial.keys.consult(false))
  expect(trial.fetches()).toBe(2)
  trial.answer('a', 'b')
  await Promise.all(asking)
  expect(trial.keys.consult(false)).toBe(null)
  expect(trial.fetches()).toBe(2)
})

test.each([true, false])('a fetch that takes longer than the shortest times is one fetch all the same (known: %s)', async (known) => {
  const trial = setUp({ coolDownSeconds: 1, refreshSeconds: 1 })
  const first = trial.keys.consult(known)
  trial.seconds(2)
  trial.answer('a')
  await first
  expect(trial.keys.consult(known)).toBe(null)
  trial.seconds(1)
  expect(trial.keys.consult(known)).not.toBe(null)
  expect(trial.fetches()).toBe(2)
})

test('a clock that is set back makes nothing last longer', async () => {
  const trial = await loaded()
  trial.clock.at = START - 700_000
  const due = trial.keys.consult(true)
  expect(due).not.toBe(null)
  trial.fail()
  await due
  trial.clock.at = START - 4_000_000
  const gone = trial.keys.consult(true)
  trial.fail()
  await expect(gone).rejects.toThrow(StoreUnavailableError)
})

test('keys brought along are never fetched, and none usable is a wrong configuration', () => {
  const parts = { clock: testClock(), settings, onError: () => undefined, fetchKeySet: () => Promise.reject(new Error('fetched')) }
  const keys = keySet({ source: { jwks: { keys: ['a'] } }, adopt: () => undefined, ...parts })
  parts.clock.at += 1e12
  expect([keys.consult(true), keys.consult(false)]).toEqual([null, null])
  for (const jwks of [null, {}, { keys: null }, { keys: {} }, [], 'keys']) {
    expect(() => keySet({ source: { jwks: jwks as never }, adopt: () => undefined, ...parts })).toThrow(ConfigurationError)
  }
})
