import type { Stores } from '@sallyport/core'

/** One call of a port on data made for it. */
export interface Scenario {
  readonly name: string
  prepare(stores: Stores): Promise<unknown>
  act(stores: Stores): Promise<unknown>
  /** What `act` answers when nothing goes wrong, which is what it must answer when something passes by itself. */
  readonly answer: unknown
  /** Requests to DynamoDB when nothing goes wrong, in order. */
  readonly requests: readonly string[]
  /** What else may be answered, or the code of what may be thrown, when an answer of DynamoDB got lost on the way. */
  readonly afterLoss?: unknown
  /** That it is so, afterwards. */
  holds(stores: Stores): Promise<boolean>
}

export const nothing = async (): Promise<void> => {}
