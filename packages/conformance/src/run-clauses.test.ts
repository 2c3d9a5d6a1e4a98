import { describe, expect, it } from 'vitest'
import type { Clause } from './clause.ts'
import { runClause, runClauses, type OpenTrial } from './run-clauses.ts'
import { TestClock } from './test-clock.ts'

const clause = (id: string, run: () => Promise<void>): Clause<null> => ({ id, promise: '', why: '', run })
const open = async () => ({ trial: null, close: async () => {} })
const never = new Promise<never>(() => {})

describe('runClauses', () => {
  it('answers for every clause, in order, whatever the others did', async () => {
    const results = await runClauses(
      [clause('A', async () => {}), clause('B', () => Promise.reject(new Error('broken'))), clause('C', async () => {})],
      open,
      { deadlineMs: 1000 },
    )
    expect(results.map(({ id, error }) => [id, error?.message ?? null])).toEqual([
      ['A', null],
      ['B', 'broken'],
      ['C', null],
    ])
  })

  it('counts a hang as a failure, of the clause, of the opening and of the closing', async () => {
    const hangs = await runClause(
      clause('A', () => never),
      open,
      { deadlineMs: 5 },
    )
    expect(hangs.error?.message).toBe('not done within 5 ms')
    const opening = await runClause(
      clause('A', async () => {}),
      () => never,
      { deadlineMs: 5 },
    )
    expect(opening.error?.message).toBe('not done within 5 ms')
    const closing = await runClause(
      clause('A', async () => {}),
      async () => ({ trial: null, close: () => never }),
      { deadlineMs: 5 },
    )
    expect(closing.error?.message).toBe('the trial did not close')
  })

  it('closes what it opened, also after a failure', async () => {
    let closed = 0
    const opening = async () => ({
      trial: null,
      close: async () => {
        closed += 1
      },
    })
    await runClause(
      clause('A', () => Promise.reject(new Error('broken'))),
      opening,
      { deadlineMs: 1000 },
    )
    expect(closed).toBe(1)
  })

  it('closes what opens after the deadline', async () => {
    let closed = 0
    const late = Promise.withResolvers<OpenTrial<null>>()
    const result = runClause(
      clause('A', async () => {}),
      () => late.promise,
      { deadlineMs: 20 },
    )
    setTimeout(() => late.resolve({ trial: null, close: async () => void (closed += 1) }), 25)
    expect((await result).error?.message).toBe('not done within 20 ms')
    expect(closed).toBe(1)
  })

  it('makes an error of whatever is thrown', async () => {
    const { error } = await runClause(
      clause('A', async () => AbortSignal.abort('text').throwIfAborted()),
      open,
      { deadlineMs: 1000 },
    )
    expect(error?.cause).toBe('text')
  })
})

describe('TestClock', () => {
  it('starts years ahead and moves only when told', () => {
    const clock = new TestClock()
    const start = clock.now()
    expect(start).toBeGreaterThan(Date.now() + 9 * 365 * 24 * 60 * 60 * 1000)
    clock.advance(5)
    expect(clock.now()).toBe(start + 5)
    clock.moveTo(7)
    expect(clock.now()).toBe(7)
  })
})
