import type { Item } from './dynamo-transport.ts'

/** Why one item of a transaction did not let it through; `None` where it would have. In the order of the items. */
export interface CancellationReason {
  readonly code: string
  /** The item as it was met, when its condition failed. `null` when there is none. */
  readonly item: Item | null
}

export interface DynamoErrorDetails {
  /** HTTP status; `null` when no answer came. */
  readonly status: number | null
  readonly requestId?: string | undefined
  readonly text?: string | undefined
  readonly item?: Item | null | undefined
  readonly reasons?: readonly CancellationReason[] | undefined
  readonly cause?: unknown
}

/** Service texts that help an operator and quote no value. Others stay out: that of a refused signature repeats the request's headers, session token included. */
const TEXT_IS_SAFE: readonly string[] = ['ValidationException', 'ResourceNotFoundException', 'AccessDeniedException', 'UnknownOperationException']

/**
 * What every transport throws: a refusal by DynamoDB under its own name (`ConditionalCheckFailedException`), or `NetworkError`, `TimeoutError` or
 * `CredentialsError` when there was none. Stored items it carries are no enumerable properties, so that no log of the error shows them.
 */
export class DynamoError extends Error {
  override readonly name = 'DynamoError'
  readonly isDynamoError = true
  readonly type: string
  readonly status: number | null
  readonly requestId: string | null
  readonly #item: Item | null
  readonly #reasons: readonly CancellationReason[]

  constructor(type: string, { status, requestId, text, item, reasons, cause }: DynamoErrorDetails) {
    const answered = status === null ? 'DynamoDB was not reached' : `DynamoDB answered HTTP ${status}`
    const explained = text !== undefined && TEXT_IS_SAFE.includes(type) ? `: ${text}` : ''
    super(`${answered}, ${type}${explained}`, cause === undefined ? undefined : { cause })
    this.type = type
    this.status = status
    this.requestId = requestId ?? null
    this.#item = item ?? null
    this.#reasons = reasons ?? []
  }

  /** Works across two copies of this module, as when a bundle has the SDK's transport in a file of its own. */
  static is(value: unknown): value is DynamoError {
    return typeof value === 'object' && value !== null && 'isDynamoError' in value
  }

  /** The item that a failed condition met; `null` when there is none. */
  get item(): Item | null {
    return this.#item
  }

  get reasons(): readonly CancellationReason[] {
    return this.#reasons
  }
}
