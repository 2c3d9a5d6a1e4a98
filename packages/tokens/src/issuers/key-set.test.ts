import { ConfigurationError, StoreUnavailableError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { NOW, testClock } from '../../test/fixtures.ts'
import { keySet, type KeySetSettings } from './key-set.ts'

const URL_OF_KEYS = 'https://id.example.com/keys'
const settings = { refreshSeconds: 600, maxStaleSeconds: 3600, coolDownSeconds: 30 }
const START = NOW * 1000

/** A set whose fetches are settled by hand. `adopted` is what the last adopted set held. */
function setUp(changes: KeySetSettings = {}) {
  const clock = testClock()
  const errors: unknown[] = []
  const pending: { readonly answer: (text: string) => void; readonly fail: (error: Error) => void }[] = []
  let fetches = 0
  let adopted: readonly unknown[] = []
  const keys = keySet({
    source: { url: URL_OF_KEYS },
    adopt: (found) => {
      if (found.length === 0) throw new ConfigurationError('nothing usable')
      adopted = found
    },
    clock,
    fetchKeySet: (url) => {
      expect(url).toBe(URL_OF_KEYS)
      fetches++
      return new Promise((answer, fail) => pending.push({ answer, fail }))
    },
    settings: { ...settings, ...changes },
    onError: (error) => errors.push(error),
  })
  return {
    clock,
    keys,
    errors,
    fetches: () => fetches,
    adopted: () => adopted,
    answer: (...found: readonly string[]) => pending.shift()!.answer(JSON.stringify({ keys: found })),
    answerLast: (...found: readonly string[]) => pending.pop()!.answer(JSON.stringify({ keys: found })),
    reply: (text: string) => pending.shift()!.answer(text),
    fail: () => pending.shift()!.fail(new Error('connection failed')),
    seconds: (count: number) => (clock.at += count * 1000),
  }
}

type Trial = ReturnType<typeof setUp>

async function loaded(changes: KeySetSettings = {}): Promise<Trial> {
  const trial = setUp(changes)
  const first = trial.keys.consult(false)
  trial.answer('a')
  await first
  return trial
}

/** Lets everything that is settled run to its end. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

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
  expect(() => trial.keys.consult(false)).toThrow(StoreUnavailableError)
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
    await expect(first).rejects.toThrow(StoreUnavailableError)
  },
)

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

test('keys brought along are never fetched, and none usable is a wrong configuration', () => {
  const parts = { clock: testClock(), settings, onError: () => undefined, fetchKeySet: () => Promise.reject(new Error('fetched')) }
  const keys = keySet({ source: { jwks: { keys: ['a'] } }, adopt: () => undefined, ...parts })
  parts.clock.at += 1e12
  expect([keys.consult(true), keys.consult(false)]).toEqual([null, null])
  for (const jwks of [null, {}, { keys: null }, { keys: {} }, [], 'keys']) {
    expect(() => keySet({ source: { jwks: jwks as never }, adopt: () => undefined, ...parts })).toThrow(ConfigurationError)
  }
})
