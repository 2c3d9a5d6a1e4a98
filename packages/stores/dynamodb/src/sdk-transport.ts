import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DescribeContinuousBackupsCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
  UpdateContinuousBackupsCommand,
  UpdateItemCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
  type DynamoDBClient,
  type DynamoDBClientConfig,
} from '@aws-sdk/client-dynamodb'
import { DynamoError } from './dynamo-error.ts'
import { networkError, timeoutError, type ServiceRefusal, serviceError } from './failures.ts'
import type { DynamoTransport, InputOf, OperationName, OutputOf } from './dynamo-transport.ts'

/** What the SDK's commands are to each other; their declared types have nothing in common. */
type SendAny = (command: object, options: { readonly abortSignal: AbortSignal }) => Promise<unknown>
type CommandClass = new (input: never) => object

const COMMANDS: Readonly<Record<OperationName, CommandClass>> = {
  GetItem: GetItemCommand,
  PutItem: PutItemCommand,
  UpdateItem: UpdateItemCommand,
  DeleteItem: DeleteItemCommand,
  Query: QueryCommand,
  BatchGetItem: BatchGetItemCommand,
  BatchWriteItem: BatchWriteItemCommand,
  TransactWriteItems: TransactWriteItemsCommand,
  CreateTable: CreateTableCommand,
  DescribeTable: DescribeTableCommand,
  UpdateTable: UpdateTableCommand,
  DescribeTimeToLive: DescribeTimeToLiveCommand,
  UpdateTimeToLive: UpdateTimeToLiveCommand,
  DescribeContinuousBackups: DescribeContinuousBackupsCommand,
  UpdateContinuousBackups: UpdateContinuousBackupsCommand,
}

/** Options of a client for these stores, to be spread into its own: connections that are kept, times that are bounded, and no retries of its own, for the stores repeat
 * what may be repeated, within one deadline. */
export function sdkClientOptions({
  connectTimeoutMs = 1000,
  requestTimeoutMs = 1500,
  maxSockets = 50,
}: {
  readonly connectTimeoutMs?: number
  readonly requestTimeoutMs?: number
  readonly maxSockets?: number
} = {}): Pick<DynamoDBClientConfig, 'maxAttempts' | 'requestHandler'> {
  const agent = { keepAlive: true, maxSockets }
  return {
    maxAttempts: 1,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: agent,
      httpsAgent: agent,
    },
  }
}

/** Over the AWS SDK: every source of credentials it knows, every endpoint, at the price of its size and start. Made with `sdkClientOptions()` the client's own bounds fit the stores'. */
export function sdkTransport(client: DynamoDBClient): DynamoTransport {
  const send = client.send.bind(client) as SendAny
  return {
    async call<Name extends OperationName>(
      operation: Name,
      input: InputOf<Name>,
      { timeoutMs }: { readonly timeoutMs: number },
    ): Promise<OutputOf<Name>> {
      const abort = new AbortController()
      const late = Promise.withResolvers<never>()
      // The signal ends the request; the race ends the wait where the SDK does not look at it, such as while it fetches credentials.
      const timer = setTimeout(() => {
        late.reject(timeoutError())
        abort.abort()
      }, timeoutMs)
      try {
        const sent = send(new COMMANDS[operation](input as never), { abortSignal: abort.signal })
        return (await Promise.race([sent, late.promise])) as OutputOf<Name>
      } catch (error) {
        throw translated(error)
      } finally {
        clearTimeout(timer)
      }
    },
    close: () => client.destroy(),
  }
}

interface SdkError extends ServiceRefusal {
  readonly name: string
  readonly message: string
  /** Present when the service said so itself, and not the SDK about an answer that it could not read. */
  readonly $fault?: unknown
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
}

/** The SDK's own error stays out where the service answered: it carries stored items, and texts that may repeat request headers. */
function translated(error: unknown): DynamoError {
  if (error instanceof DynamoError) return error
  const { name, message, $fault, $metadata, Item, CancellationReasons } = error as SdkError
  const status = $metadata?.httpStatusCode
  if ($fault !== undefined && status !== undefined) {
    const refusal = { ...(Item === undefined ? {} : { Item }), ...(CancellationReasons === undefined ? {} : { CancellationReasons }) }
    return serviceError(name, { ...refusal, status, requestId: $metadata?.requestId, text: message })
  }
  if (name === 'CredentialsProviderError') return new DynamoError('CredentialsError', { status: null, cause: error })
  if (name === 'TimeoutError' || name === 'AbortError') return timeoutError(error)
  return networkError(error)
}
