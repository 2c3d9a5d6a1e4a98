import type { Pepper } from './pepper.ts'

/** A hash as it was found in a store, read and found to be within bounds. */
export interface StoredHash {
  /** The pepper it was made with; `null` for a hash imported from elsewhere. */
  readonly keyId: string | null
  /** Whether algorithm parameters are those of the policy. Says nothing about the pepper. */
  readonly current: boolean
  /** One unit of work. `pepper` is the one of `keyId`, or `null` where that is `null`. */
  matches(password: string, pepper: Pepper | null): Promise<boolean>
}

/** One algorithm with the parameters of the policy. */
export interface Scheme {
  /** One unit of work. */
  hash(password: string, pepper: Pepper): Promise<string>
  /** `null` when it is not a hash of this algorithm, or one that asks for more than is ever spent. Never throws. */
  read(stored: string): StoredHash | null
}
