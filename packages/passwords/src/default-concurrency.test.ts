import { expect, it } from 'vitest'
import { defaultConcurrency } from './default-concurrency.ts'

it.each([
  [1, undefined, 1],
  [2, undefined, 2],
  [3, undefined, 3],
  [16, undefined, 3],
  [16, '32', 16],
  [16, '8', 7],
  [2, '1', 1],
  [2, 'nonsense', 2],
])('%i cores and UV_THREADPOOL_SIZE %s: %i at once', (cores, poolSize, expected) => {
  expect(defaultConcurrency(cores, poolSize)).toBe(expected)
})
