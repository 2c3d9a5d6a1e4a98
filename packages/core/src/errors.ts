/**
 * Everything Sallyport throws on purpose, one class for each thing a caller can do differently. Expected outcomes (a wrong password, a taken
 * e-mail) are return values and never come from here. No message contains a secret, token, hash, e-mail or key: a test walks every class.
 */
export type SallyportErrorCode = 'configuration' | 'store-unavailable' | 'overloaded' | 'conflict' | 'invariant'

export abstract class SallyportError extends Error {
  abstract readonly code: SallyportErrorCode
  readonly isSallyportError = true

  /** Works across two installed copies of this package, where `instanceof` does not. */
  static is(value: unknown): value is SallyportError {
    return typeof value === 'object' && value !== null && 'isSallyportError' in value
  }
}

/** The configuration is missing, weak or contradicts itself: the process must not start. */
export class ConfigurationError extends SallyportError {
  override readonly name = 'ConfigurationError'
  readonly code = 'configuration'
}

/** A store failed, hung or throttled. Outward 503 with `Retry-After`: never a 401 and never a pass. */
export class StoreUnavailableError extends SallyportError {
  override readonly name = 'StoreUnavailableError'
  readonly code = 'store-unavailable'
  readonly retryAfterSeconds: number

  constructor(message: string, options: { readonly cause?: unknown; readonly retryAfterSeconds?: number } = {}) {
    super(message, { cause: options.cause })
    this.retryAfterSeconds = options.retryAfterSeconds ?? 1
  }
}

/** This instance has as much work of that kind as it takes (password hashing). Outward 503 with `Retry-After`. */
export class OverloadedError extends SallyportError {
  override readonly name = 'OverloadedError'
  readonly code = 'overloaded'
  readonly retryAfterSeconds: number

  constructor(message: string, retryAfterSeconds: number) {
    super(message)
    this.retryAfterSeconds = retryAfterSeconds
  }
}

/** An optimistic write lost against others more often than it may be tried again. Nothing was written. Outward 409. */
export class ConflictError extends SallyportError {
  override readonly name = 'ConflictError'
  readonly code = 'conflict'
}

/** A bug: something this code relies on does not hold. Outward 500 without detail. */
export class InvariantError extends SallyportError {
  override readonly name = 'InvariantError'
  readonly code = 'invariant'
}
