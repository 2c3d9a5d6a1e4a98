import type { Clause } from './clause.ts'

/** What one clause works on, opened for it alone. */
export interface OpenTrial<Trial> {
  readonly trial: Trial
  close(): Promise<void>
}

export interface ClauseResult {
  readonly id: string
  /** `null` when the promise held. */
  readonly error: Error | null
}

export interface RunOptions {
  /** How long a clause may take, opening included. A clause that hangs has failed. */
  readonly deadlineMs: number
}

/** Runs one clause on a trial of its own. Never rejects: whatever went wrong is the result's `error`. */
export async function runClause<Trial>(clause: Clause<Trial>, open: () => Promise<OpenTrial<Trial>>, options: RunOptions): Promise<ClauseResult> {
  const opening = open()
  let error: Error | null = null
  try {
    await within(options.deadlineMs, async () => clause.run((await opening).trial))
  } catch (cause) {
    error = cause instanceof Error ? cause : new Error('a clause threw something that is not an error', { cause })
  }
  try {
    // Also what opened after the deadline is closed; what did not open at all has nothing to close, and said why above.
    await within(options.deadlineMs, () =>
      opening.then(
        (opened) => opened.close(),
        () => {},
      ),
    )
  } catch (cause) {
    error ??= new Error('the trial did not close', { cause })
  }
  return { id: clause.id, error }
}

/** Runs every clause, one after the other, each on a trial of its own; the results stand in the clauses' order. */
export async function runClauses<Trial>(
  clauses: readonly Clause<Trial>[],
  open: () => Promise<OpenTrial<Trial>>,
  options: RunOptions,
): Promise<readonly ClauseResult[]> {
  const results: ClauseResult[] = []
  for (const clause of clauses) results.push(await runClause(clause, open, options))
  return results
}

async function within(ms: number, work: () => Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${ms} ms`)), ms)
  })
  try {
    await Promise.race([work(), deadline])
  } finally {
    clearTimeout(timer)
  }
}
