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

/** Runs work for every item at once: nearly all of it is waiting for a deadline. What is more than that is done in turn. */
export async function eachOf<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  await Promise.all(items.map(work))
}

const AT_ONCE = 12
let working = 0
const queue: (() => void)[] = []

/** Waits until few enough work, so that what is prepared for all clauses at once does not push one another over the adapter's deadline. */
export async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (working >= AT_ONCE) await new Promise<void>((resolve) => queue.push(resolve))
  else working += 1
  try {
    return await work()
  } finally {
    const next = queue.shift()
    if (next === undefined) working -= 1
    else next()
  }
}
