import { afterEach, expect, test, vi } from 'vitest'
import { isFor, ofInstance } from './this-instance.ts'

afterEach(() => vi.unstubAllEnvs())

test('only the function that this process was started for is loaded, and at once', async () => {
  vi.stubEnv('FUNCTION_TARGET', 'api')
  const load = vi.fn<() => Promise<(value: number) => Promise<number>>>(async () => async (value) => value + 1)
  const api = ofInstance('api', load)
  const posts = ofInstance('posts', () => expect.unreachable())
  expect(load).toHaveBeenCalledOnce()
  expect([await api(1), await api(2)]).toEqual([2, 3])
  expect(load).toHaveBeenCalledOnce()
  expect(posts).toBeTypeOf('function')
  expect([isFor('api', 'posts'), isFor('posts')]).toEqual([true, false])
})

test('nothing is loaded while Firebase asks which functions there are; a process that runs all loads each when it is called', async () => {
  vi.stubEnv('FUNCTION_TARGET', '')
  const load = vi.fn<() => Promise<() => Promise<string>>>(async () => async () => 'done')
  const run = ofInstance('api', load)
  expect(load).not.toHaveBeenCalled()
  expect([await run(), await run(), load.mock.calls.length]).toEqual(['done', 'done', 1])
})
