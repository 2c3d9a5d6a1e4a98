import assert from 'node:assert/strict'
import { SallyportError } from '@sallyport/core'
import type { FaultTrial } from './fault-harness.ts'

/** What the caller of a port learned: an answer, or that the outcome cannot be known. */
export type Told<Answer> = { readonly answer: Answer } | 'unavailable'

/** Runs one call of a port under faults. Fails unless it answers, or throws `StoreUnavailableError`, within the harness's deadline. */
export async function told<Answer>({ deadlineMs }: Pick<FaultTrial, 'deadlineMs'>, name: string, call: () => Promise<Answer>): Promise<Told<Answer>> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new assert.AssertionError({ message: `${name} neither answered nor failed within ${deadlineMs} ms` })),
      deadlineMs,
    )
  })
  try {
    return { answer: await Promise.race([call(), late]) }
  } catch (error) {
    if (error instanceof assert.AssertionError) throw error
    assert.ok(SallyportError.is(error) && error.code === 'store-unavailable', `${name} threw ${String(error)} instead of StoreUnavailableError`)
    return 'unavailable'
  } finally {
    clearTimeout(timer)
  }
}

/** The same, repeated as the caller of a port repeats: with the very same values, until there is an answer. */
export async function toldAtLast<Answer>(trial: Pick<FaultTrial, 'deadlineMs'>, name: string, call: () => Promise<Answer>): Promise<Answer> {
  for (let repetition = 0; repetition < 12; repetition++) {
    const outcome = await told(trial, name, call)
    if (outcome !== 'unavailable') return outcome.answer
  }
  return assert.fail(`${name} was repeated twelve times without an answer, although the faults had passed`)
}

/** Runs work for every item, many at once: most of it waits. */
export async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = items.values()
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      for (const item of left) await work(item)
    }),
  )
}
