import { InvariantError, SallyportError, StoreUnavailableError } from '@sallyport/core'
import { DynamoError } from './dynamo-error.ts'

/** The same request may succeed a moment later. Some of these leave open whether it took effect; the stores recognise their own writes. */
const PASSING: readonly string[] = [
  'CredentialsError',
  'InternalServerError',
  'InternalServerErrorException',
  'LimitExceededException',
  'NetworkError',
  'ProvisionedThroughputExceededException',
  'ReplicatedWriteConflictException',
  'RequestLimitExceeded',
  'ServiceUnavailable',
  'ServiceUnavailableException',
  'ThrottlingException',
  'TimeoutError',
  'TransactionConflictException',
  'TransactionInProgressException',
]

/** Codes of a cancelled transaction that say nothing about the data (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CancellationReason.html). */
const PASSING_REASONS: readonly string[] = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']

/** What this package did wrong: a request that DynamoDB cannot read. */
const OURS: readonly string[] = ['ValidationException', 'SerializationException', 'IdempotentParameterMismatchException']

export function isPassing(error: unknown): boolean {
  return DynamoError.is(error) && (PASSING.includes(error.type) || (error.status !== null && (error.status === 429 || error.status >= 500)))
}

/** Refused in passing, and certainly without effect. */
const WITHOUT_EFFECT: readonly string[] = [
  'CredentialsError',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionConflictException',
]

/** Whether a request that failed so may have taken effect all the same. */
export function isUncertain(error: unknown): boolean {
  return !(DynamoError.is(error) && WITHOUT_EFFECT.includes(error.type))
}

export function isPassingReason(code: string): boolean {
  return PASSING_REASONS.includes(code)
}

export function isConditionFailed(error: unknown): error is DynamoError {
  return DynamoError.is(error) && error.type === 'ConditionalCheckFailedException'
}

export function isCancelled(error: unknown): error is DynamoError {
  return DynamoError.is(error) && error.type === 'TransactionCanceledException'
}

/** The one place where DynamoDB's refusals become the core's errors. Our own pass unchanged. `DynamoError` has no secret in its text, so `cause` is safe to log. */
export function storeError(error: unknown): Error {
  if (SallyportError.is(error)) return error
  if (!DynamoError.is(error)) return new InvariantError('The DynamoDB store failed on its own.', { cause: error })
  if (OURS.includes(error.type)) return new InvariantError('DynamoDB refused a request or a value.', { cause: error })
  return new StoreUnavailableError(`DynamoDB failed (${error.type}).`, { cause: error })
}

/** Items that this package cannot have written. */
export function corruptItem(kind: string): StoreUnavailableError {
  return new StoreUnavailableError(`An item of kind ${kind} cannot be read: the table was changed from outside or is damaged.`)
}
