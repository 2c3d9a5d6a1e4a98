import { OverloadedError } from '@sallyport/core'
import { expect, it } from 'vitest'
import { gate } from './gate.ts'

const clockAt = (start: number): { now: () => number; advance: (ms: number) => void } => {
  let now = start
  return { now: () => now, advance: (ms) => void (now += ms) }
}

/** Work that is under way until told otherwise. */
const job = (): { work: () => Promise<string>; started: () => boolean; finish: (value: string) => void; fail: (error: Error) => void } => {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let started = false
  const work = (): Promise<string> => {
    started = true
    return promise
  }
  return { work, started: () => started, finish: resolve, fail: reject }
}

it('runs no more at once than told, and the waiting in the order they came', async () => {
  const { run, statistics } = gate({ concurrency: 3, maxQueue: 100, clock: clockAt(0) })
  const order: number[] = []
  let running = 0
  let most = 0
  const results = await Promise.all(
    Array.from({ length: 40 }, (_, index) =>
      run(async () => {
        order.push(index)
        most = Math.max(most, (running += 1))
        for (let turn = 0; turn < (index * 7) % 5; turn += 1) await new Promise(setImmediate)
        running -= 1
        return index
      }),
    ),
  )
  expect(most).toBe(3)
  expect(order).toEqual(results)
  expect(statistics()).toEqual({ running: 0, queued: 0, completed: 40, refused: 0, mostAtOnce: 3 })
})

it('lets nobody overtake in the moment a place becomes free', async () => {
  const { run } = gate({ concurrency: 1, maxQueue: 2, clock: clockAt(0) })
  const [first, second, third] = [job(), job(), job()]
  const order: string[] = []
  const all = [run(first.work).then(() => run(async () => order.push('late'))), run(second.work).then(() => order.push('second')), run(third.work)]
  first.finish('')
  await new Promise(setImmediate)
  expect([second.started(), third.started()]).toEqual([true, false])
  second.finish('')
  third.finish('')
  await Promise.all(all)
  expect(order).toEqual(['second', 'late'])
})

it('refuses beyond the queue, with the time the queue will take', async () => {
  const clock = clockAt(1_000)
  const { run, statistics } = gate({ concurrency: 2, maxQueue: 4, clock })
  for (let index = 0; index < 60; index += 1) await run(async () => clock.advance(2_000))
  const jobs = Array.from({ length: 6 }, job)
  const accepted = jobs.map(({ work }) => run(work))
  const refused = await run(async () => 'never').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(OverloadedError)
  expect(refused).toMatchObject({ code: 'overloaded', retryAfterSeconds: 6 })
  expect(statistics()).toMatchObject({ running: 2, queued: 4, refused: 1 })
  jobs.forEach(({ finish }, index) => finish(String(index)))
  expect(await Promise.all(accepted)).toEqual(['0', '1', '2', '3', '4', '5'])
  expect(await run(async () => 'again')).toBe('again')
})

it('frees the place of work that fails, synchronously too', async () => {
  const { run, statistics } = gate({ concurrency: 1, maxQueue: 1, clock: clockAt(0) })
  await expect(run(() => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
  const thrower = (): never => {
    throw new Error('thrown')
  }
  await expect(run(thrower)).rejects.toThrow('thrown')
  expect(await run(async () => 'well')).toBe('well')
  expect(statistics().running).toBe(0)
})

it('closes: takes nothing new, finishes what it took', async () => {
  const { run, close, statistics } = gate({ concurrency: 1, maxQueue: 5, clock: clockAt(0) })
  const [first, second] = [job(), job()]
  const accepted = Promise.all([run(first.work), run(second.work)])
  const closed = close()
  await expect(run(async () => 'late')).rejects.toThrow(OverloadedError)
  first.finish('1')
  second.finish('2')
  expect(await accepted).toEqual(['1', '2'])
  await Promise.all([closed, close()])
  expect(statistics().running).toBe(0)
})

it('does not call itself closed while anything is under way', async () => {
  const { run, close } = gate({ concurrency: 2, maxQueue: 0, clock: clockAt(0) })
  const [first, second] = [job(), job()]
  const accepted = [run(first.work), run(second.work)]
  let closed = false
  const closing = close().then(() => (closed = true))
  first.finish('1')
  await accepted[0]
  await new Promise(setImmediate)
  expect(closed).toBe(false)
  second.finish('2')
  await closing
})

it('closes at once when idle', async () => {
  await gate({ concurrency: 1, maxQueue: 0, clock: clockAt(0) }).close()
})
