import { StoreUnavailableError } from '@sallyport/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { testClock } from '../../test/fixtures.ts'
import { settings, settled, URL_OF_KEYS } from '../../test/key-set-trial.ts'
import { keySet } from './key-set.ts'

test('whatever happens in whatever order, keys are used at no age above the maximum, and fetches keep their distance', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 2000 }) }),
    fc.constant({ kind: 'known' as const }),
    fc.constant({ kind: 'unknown' as const }),
    fc.constant({ kind: 'answer' as const }),
    fc.constant({ kind: 'fail' as const }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      const clock = testClock()
      const started: number[] = []
      const pending: { readonly at: number; readonly settle: (good: boolean) => void }[] = []
      let heldSince: number | null = null
      let fetchOfHeld = 0
      const keys = keySet({
        source: { url: URL_OF_KEYS },
        adopt: () => (heldSince = fetchOfHeld),
        clock,
        fetchKeySet: () => {
          const at = clock.at
          started.push(at)
          return new Promise((resolve, reject) =>
            pending.push({
              at,
              settle: (good) => {
                fetchOfHeld = at
                if (good) resolve('{"keys":["a"]}')
                else reject(new Error('failed'))
              },
            }),
          )
        },
        settings,
        onError: () => undefined,
      })
      for (const each of steps) {
        if (each.kind === 'wait') clock.at += each.seconds * 1000
        else if (each.kind === 'answer' || each.kind === 'fail') {
          pending.shift()?.settle(each.kind === 'answer')
          await settled()
        } else {
          try {
            const waiting = keys.consult(each.kind === 'known')
            waiting?.catch(() => undefined)
            if (waiting === null) expect(clock.at - (heldSince ?? -Infinity)).toBeLessThan(settings.maxStaleSeconds * 1000)
          } catch (error) {
            expect(error).toBeInstanceOf(StoreUnavailableError)
          }
        }
      }
      for (const [index, at] of started.entries()) if (index > 0) expect(at - started[index - 1]!).toBeGreaterThanOrEqual(5000)
    }),
    { numRuns: 300 },
  )
})
