import { inspect } from 'node:util'
import { StoreUnavailableError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { testClock } from '../../test/fixtures.ts'
import { loaded, settings, settled, setUp, URL_OF_KEYS, type Trial } from '../../test/key-set-trial.ts'
import { keySet } from './key-set.ts'

test('a late failure of a fetch that was given up says nothing about the set that came instead', async () => {
  const trial = setUp()
  const first = trial.keys.consult(true)
  trial.seconds(30)
  const second = trial.keys.consult(true)
  trial.answerLast('new')
  await second
  trial.fail()
  await expect(first).rejects.toThrow(StoreUnavailableError)
  expect([trial.keys.consult(true), trial.keys.consult(false)]).toEqual([null, null])
})

test('the pause after a failure begins when it failed', async () => {
  const trial = setUp()
  const first = trial.keys.consult(true)
  trial.seconds(20)
  trial.fail()
  await expect(first).rejects.toThrow(StoreUnavailableError)
  expect(() => trial.keys.consult(true)).toThrow(StoreUnavailableError)
  expect(trial.fetches()).toBe(1)
})

test('while the issuer fails the last good set is used, tried again now and then by nobody who waits', async () => {
  const trial = await loaded()
  trial.seconds(600)
  const due = trial.keys.consult(true)
  trial.fail()
  await due
  expect(trial.keys.consult(true)).toBe(null)
  expect(trial.adopted()).toEqual(['a'])
  trial.seconds(5)
  expect(trial.keys.consult(true)).toBe(null)
  expect(trial.fetches()).toBe(3)
  trial.fail()
  await settled()
  expect(trial.errors).toHaveLength(2)
  trial.seconds(5)
  expect(trial.keys.consult(true)).toBe(null)
  trial.answer('b')
  await settled()
  expect(trial.adopted()).toEqual(['b'])
  trial.seconds(600)
  expect(trial.keys.consult(true)).not.toBe(null)
})

/** A fetch that nobody waits for, and that fails. */
async function failUnnoticed(trial: Trial): Promise<void> {
  expect(trial.keys.consult(true)).toBe(null)
  trial.fail()
  await settled()
}

test('one wait in vain per refresh interval: a freeze that cuts off what nobody waits for must not keep a removed key alive', async () => {
  const trial = await loaded()
  trial.seconds(450)
  await failUnnoticed(trial)
  trial.seconds(150)
  const due = trial.keys.consult(true)
  expect(due).not.toBe(null)
  trial.fail()
  await due
  for (const seconds of [5, 594]) {
    trial.seconds(seconds)
    await failUnnoticed(trial)
  }
  trial.seconds(5)
  const again = trial.keys.consult(true)
  expect(again).not.toBe(null)
  trial.answer('b')
  await again
  expect(trial.adopted()).toEqual(['b'])
})

test('at its maximum age the last good set is no longer good: unavailable, never an answer', async () => {
  const trial = await loaded()
  trial.seconds(3599)
  const due = trial.keys.consult(true)
  trial.fail()
  await due
  expect(trial.keys.consult(true)).toBe(null)
  trial.seconds(1)
  expect(() => trial.keys.consult(true)).toThrow(StoreUnavailableError)
  trial.seconds(4)
  const late = trial.keys.consult(true)
  trial.fail()
  await expect(late).rejects.toThrow(StoreUnavailableError)
  trial.seconds(5)
  const again = trial.keys.consult(true)
  trial.answer('b')
  await again
  expect(trial.keys.consult(true)).toBe(null)
})

test('no keys and no issuer: unavailable, fetched again every five seconds', async () => {
  const trial = setUp()
  const first = trial.keys.consult(false)
  trial.fail()
  await expect(first).rejects.toMatchObject({ code: 'store-unavailable', retryAfterSeconds: 5 })
  expect(() => trial.keys.consult(false)).toThrow(
    expect.objectContaining({ code: 'store-unavailable', cause: new Error('connection failed') }) as Error,
  )
  trial.seconds(4)
  expect(() => trial.keys.consult(true)).toThrow(StoreUnavailableError)
  expect(trial.fetches()).toBe(1)
  trial.seconds(1)
  const second = trial.keys.consult(false)
  trial.answer('a')
  await second
  expect(trial.adopted()).toEqual(['a'])
})

test('whether a key id is unknown cannot be told while the issuer fails: unavailable, not a bad token', async () => {
  const trial = await loaded()
  trial.seconds(30)
  const asked = trial.keys.consult(false)
  trial.fail()
  await expect(asked).rejects.toThrow(StoreUnavailableError)
  expect(() => trial.keys.consult(false)).toThrow(StoreUnavailableError)
  expect(trial.keys.consult(true)).toBe(null)
})

test('while the issuer fails an unknown key id causes a fetch every five seconds, sooner than after an answer, and then again one per cool-down', async () => {
  const trial = await loaded()
  trial.seconds(30)
  for (let round = 0; round < 3; round++) {
    const asked = trial.keys.consult(false)
    trial.fail()
    await expect(asked).rejects.toThrow(StoreUnavailableError)
    trial.seconds(4)
    expect(() => trial.keys.consult(false)).toThrow(StoreUnavailableError)
    trial.seconds(1)
  }
  const asked = trial.keys.consult(false)
  trial.answer('a')
  await asked
  trial.seconds(29)
  expect(trial.keys.consult(false)).toBe(null)
  expect(trial.fetches()).toBe(5)
})

test.each(['', 'null', '[]', '{}', '{"keys":{}}', '{"keys":null}', '{"keys":[]}', '<html></html>', '{"keys":["a"]', 'keys'])(
  'the answer %j is a failure and replaces nothing',
  async (text) => {
    const trial = await loaded()
    trial.seconds(600)
    const due = trial.keys.consult(true)
    trial.reply(text)
    await due
    expect(trial.adopted()).toEqual(['a'])
    expect(trial.errors).toHaveLength(1)
    const fresh = setUp()
    const first = fresh.keys.consult(true)
    fresh.reply(text)
    const failure = (await first!.catch((error: unknown) => error)) as StoreUnavailableError
    expect(failure).toBeInstanceOf(StoreUnavailableError)
    expect(inspect(failure)).not.toContain('<html>')
  },
)

test('a fetch or an observer that throws at once is a failed fetch', async () => {
  const broken = keySet({
    source: { url: URL_OF_KEYS },
    adopt: () => undefined,
    clock: testClock(),
    fetchKeySet: () => {
      throw new Error('broken')
    },
    settings,
    onError: () => {
      throw new Error('broken too')
    },
  })
  await expect(broken.consult(true)).rejects.toThrow(StoreUnavailableError)
})
