import type { Instant } from '../instant.ts'

export interface Hit {
  /** What is counted; opaque, at most 128 characters, carries no personal data. */
  readonly key: string
  readonly windowMs: number
}

export interface Count {
  /** Hits of this key in the current window, this one included. */
  readonly count: number
  /** The end of the current window: from this instant on the count starts again. */
  readonly resetsAt: Instant
}

/**
 * Counts shared by all instances. Windows are aligned: the window of instant t is [n * windowMs, (n + 1) * windowMs) with n = floor(t / windowMs), so that every
 * engine counts with one unconditional atomic increment. Two windows can meet: at most twice the limit in any span of one window's length.
 */
export interface CounterStore {
  /**
   * Counts every hit in one round trip and tells the counts in the same order (C1). Keys and windows of other lengths do not share counts (C2). A new window starts at 1 exactly
   * at `resetsAt` (C3), whether the old row is still there or not. At once: n hits give n different counts from 1 to n (C4).
   * The same key twice in one call counts twice (C5). A repetition after a lost answer counts again: limits err on the safe side. Throws `StoreUnavailableError`.
   */
  count(hits: readonly Hit[]): Promise<readonly Count[]>
}
