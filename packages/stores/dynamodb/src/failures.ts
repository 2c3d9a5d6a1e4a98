import { DynamoError } from './dynamo-error.ts'
import type { Item } from './dynamo-transport.ts'

/** What a refusal of DynamoDB carries beside its name (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html#API_TransactWriteItems_Errors). */
export interface ServiceRefusal {
  readonly Item?: Item
  readonly CancellationReasons?: readonly { readonly Code?: string; readonly Item?: Item }[]
}

/** DynamoDB answered, and said no. */
export function serviceError(
  type: string,
  {
    Item,
    CancellationReasons,
    ...details
  }: ServiceRefusal & { readonly status: number; readonly requestId?: string | undefined; readonly text?: string | undefined },
): DynamoError {
  const reasons = CancellationReasons?.map((reason) => ({ code: reason.Code ?? 'None', item: present(reason.Item) }))
  return new DynamoError(type, { ...details, item: present(Item), reasons })
}

/** No answer came; whether the request took effect is open. */
export function networkError(cause: unknown): DynamoError {
  return new DynamoError('NetworkError', { status: null, cause })
}

/** No answer came in time; whether the request took effect is open. */
export function timeoutError(cause?: unknown): DynamoError {
  return new DynamoError('TimeoutError', { status: null, cause })
}

/** Some versions answer an empty item where there is none. */
function present(item: Item | undefined): Item | null {
  return item === undefined || Object.keys(item).length === 0 ? null : item
}
