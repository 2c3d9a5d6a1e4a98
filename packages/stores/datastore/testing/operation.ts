import type { Stores, User } from '@sallyport/core'

/** One call of a port, on a user (and a generation) of its own. */
export interface Operation {
  readonly name: string
  /** What must be there before. */
  readonly given: (stores: Stores, subject: Subject) => Promise<unknown>
  readonly run: (stores: Stores, subject: Subject) => Promise<unknown>
  /** The short form of the right answer. */
  readonly answer: unknown
  /** Whether what the answer says is so, seen by somebody else. Left out where nothing is written. */
  readonly holds?: (stores: Stores, subject: Subject) => Promise<boolean>
  /** Requests, and entities read and written, when nothing goes wrong. */
  readonly cost: readonly [requests: string, read: number, written: number]
}

export interface Subject {
  readonly user: User
  readonly generation: number
}
