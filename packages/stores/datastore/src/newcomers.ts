/** The users whom this instance has created and not yet signed in: nothing is there of their sessions, or hardly ever. A guess, never an answer. */
export interface Newcomers {
  add(userId: string): void
  /** Whether it was one; from now on it is none. */
  take(userId: string): boolean
}

/** A registration signs in at once, so that hardly any stay; where sessions are in another store, all do. */
const MOST = 1000

export function newcomers(): Newcomers {
  const ids = new Set<string>()
  return {
    add(userId) {
      ids.add(userId)
      const [oldest] = ids
      if (ids.size > MOST && oldest !== undefined) ids.delete(oldest)
    },
    take: (userId) => ids.delete(userId),
  }
}
