import { ConfigurationError } from '@sallyport/core'
import { expect } from 'vitest'
import { keySet, type KeySet, type KeySetSettings } from '../src/issuers/key-set.ts'
import { NOW, testClock, type TestClock } from './fixtures.ts'

export const URL_OF_KEYS: string = 'https://id.example.com/keys'
export const settings: Required<KeySetSettings> = { refreshSeconds: 600, maxStaleSeconds: 3600, coolDownSeconds: 30 }
export const START: number = NOW * 1000

/** A set whose fetches are settled by hand, the oldest first. */
export interface Trial {
  readonly clock: TestClock
  readonly keys: KeySet
  readonly errors: unknown[]
  readonly fetches: () => number
  /** What the set held that was taken over last. */
  readonly adopted: () => readonly unknown[]
  readonly answer: (...found: readonly string[]) => void
  readonly answerLast: (...found: readonly string[]) => void
  readonly reply: (text: string) => void
  readonly fail: () => void
  readonly seconds: (count: number) => void
}

export function setUp(changes: KeySetSettings = {}): Trial {
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
    answer: (...found) => pending.shift()!.answer(JSON.stringify({ keys: found })),
    answerLast: (...found) => pending.pop()!.answer(JSON.stringify({ keys: found })),
    reply: (text) => pending.shift()!.answer(text),
    fail: () => pending.shift()!.fail(new Error('connection failed')),
    seconds: (count) => {
      clock.at += count * 1000
    },
  }
}

/** With the key `a` at hand. */
export async function loaded(): Promise<Trial> {
  const trial = setUp()
  const first = trial.keys.consult(false)
  trial.answer('a')
  await first
  return trial
}

/** Lets everything that is settled run to its end. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
