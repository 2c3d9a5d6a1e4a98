import { expect, test, vi } from 'vitest'
import { plainProblem } from './plain-problem.ts'
import { quiet } from './quiet.ts'
import { within } from './within.ts'

test('what comes in time is the answer, and no timer is left', async () => {
  vi.useFakeTimers()
  try {
    await expect(
      within(
        1000,
        Promise.resolve('done'),
        () => 'late',
        () => expect.unreachable(),
      ),
    ).resolves.toBe('done')
    await expect(
      within(
        1000,
        Promise.reject(new Error('bug')),
        () => 'late',
        () => expect.unreachable(),
      ),
    ).rejects.toThrow('bug')
    expect(vi.getTimerCount()).toBe(0)
  } finally {
    vi.useRealTimers()
  }
})

test('what comes too late is dropped, and its error told', async () => {
  vi.useFakeTimers()
  try {
    const told: unknown[] = []
    const { promise, reject } = Promise.withResolvers<string>()
    const answer = within(
      1000,
      promise,
      () => 'late',
      (error) => told.push(error),
    )
    vi.advanceTimersByTime(1000)
    await expect(answer).resolves.toBe('late')
    const error = new Error('too late')
    reject(error)
    await vi.waitFor(() => expect(told).toEqual([error]))
  } finally {
    vi.useRealTimers()
  }
})

test('a plain problem is a problem document that nobody keeps', () => {
  const { status, headers, cookies, body } = plainProblem('overloaded', 'r-1', { 'retry-after': '1' })
  expect([status, headers['retry-after'], headers['cache-control'], cookies]).toEqual([503, '1', 'no-store', []])
  expect(headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(JSON.parse(body)).toEqual({ type: 'urn:sallyport:problem:overloaded', title: 'Too busy', status: 503, requestId: 'r-1' })
})

test('a listener that throws changes nothing', () => {
  expect(() =>
    quiet(() => {
      throw new Error('the listener')
    })(new Error('bug'), null),
  ).not.toThrow()
})
