import { ConfigurationError, systemClock, type Clock } from '@sallyport/core'
import type { AwsCredentials, AwsCredentialSource } from './aws-credentials.ts'
import { DynamoError } from './dynamo-error.ts'
import type { DynamoTransport, InputOf, OperationName, OutputOf } from './dynamo-transport.ts'
import { networkError, serviceError, timeoutError, type ServiceRefusal } from './failures.ts'
import { httpCall, httpModule, type HttpOutcome } from './http-call.ts'
import { regionEndpoint } from './region-endpoint.ts'
import { requestSigner } from './sign-request.ts'

export interface LeanTransportOptions {
  readonly region: string
  /** `awsCredentials({ environment: process.env })`, or a source of your own. */
  readonly credentials: AwsCredentialSource
  /** `https://dynamodb.<region>.amazonaws.com` when left out, or what the partition of the region has in the place of that domain. */
  readonly endpoint?: string
  /** How long connecting may take, of the time for a request; 1,000 when left out. */
  readonly connectTimeoutMs?: number
  /** Requests beyond this number wait for a connection; 50 when left out. */
  readonly maxSockets?: number
  /** The time of day for signatures, corrected by what DynamoDB says when the two are apart. */
  readonly clock?: Clock
}

/** Changes nothing, or lands once however often it is sent. Other writes are repeated by the stores, which know how to recognise their own. */
const REPEATABLE: readonly OperationName[] = ['GetItem', 'Query', 'BatchGetItem', 'BatchWriteItem', 'TransactWriteItems', 'DescribeTable']
const SIGNATURE_REFUSED: readonly string[] = ['InvalidSignatureException', 'RequestExpired', 'RequestTimeTooSkewed', 'SignatureDoesNotMatch']
/** AWS takes signatures that are less than five minutes off (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html). */
const SKEW_MS = 4 * 60 * 1000

/**
 * DynamoDB's JSON protocol, signed (SigV4) and over kept connections, without the SDK: a hundredth of its bytes, and a start of a few milliseconds.
 *
 * @throws ConfigurationError (`configuration`) for an endpoint or region that is none.
 */
export function leanTransport(options: LeanTransportOptions): DynamoTransport {
  const { region, credentials, connectTimeoutMs = 1000, maxSockets = 50, clock = systemClock } = options
  const url = URL.parse(options.endpoint ?? regionEndpoint(region))
  if (!/^[a-z\d-]+$/.test(region) || url === null || !/^https?:$/.test(url.protocol)) {
    throw new ConfigurationError('The region or the endpoint of DynamoDB is none.')
  }
  const secure = url.protocol === 'https:'
  const { host, pathname: path } = url
  const target = { host: url.hostname.replaceAll(/[[\]]/g, ''), port: url.port, path, method: 'POST' }
  const agent = new (httpModule(secure).Agent)({ keepAlive: true, maxSockets, scheduling: 'lifo' })
  const sign = requestSigner({ service: 'dynamodb', region, path })
  /** How far DynamoDB's clock is ahead of this machine's. */
  let skew = 0
  /** The date of a second, for all requests within it. */
  let stamp = { second: Number.NaN, text: '' }

  function amzDate(): string {
    const second = Math.floor((clock.now() + skew) / 1000)
    if (second !== stamp.second) stamp = { second, text: new Date(second * 1000).toISOString().replaceAll(/[:-]|\.\d{3}/g, '') }
    return stamp.text
  }

  function send(operation: OperationName, body: string, signer: AwsCredentials, timeoutMs: number): Promise<HttpOutcome> {
    const token = signer.sessionToken === undefined ? null : { 'x-amz-security-token': signer.sessionToken }
    const signed = { host, 'x-amz-date': amzDate(), 'x-amz-target': `DynamoDB_20120810.${operation}`, ...token }
    const authorization = sign({ headers: signed, body }, signer)
    // As a list, which Node writes down as it is; an object it would take apart and put together again.
    const headers = ['content-type', 'application/x-amz-json-1.0', 'content-length', String(Buffer.byteLength(body)), 'authorization', authorization]
    for (const [name, value] of Object.entries(signed)) headers.push(name, value)
    return httpCall({ secure, request: { ...target, agent, headers }, body, connectTimeoutMs, timeoutMs })
  }

  function signerWithin(timeoutMs: number, refused?: AwsCredentials): AwsCredentials | Promise<AwsCredentials> {
    try {
      const given = credentials(refused)
      return 'then' in given ? inTime(given, timeoutMs) : given
    } catch (error) {
      throw credentialsError(error)
    }
  }

  return {
    async call<Name extends OperationName>(
      operation: Name,
      input: InputOf<Name>,
      { timeoutMs }: { readonly timeoutMs: number },
    ): Promise<OutputOf<Name>> {
      const deadline = performance.now() + timeoutMs
      const left = (): number => Math.max(1, deadline - performance.now())
      const body = JSON.stringify(input)
      let signer = await signerWithin(timeoutMs)
      /** Each cause is worth one more try, and not a second. */
      const repeated: string[] = []
      const again = (cause: string): boolean => !repeated.includes(cause) && repeated.push(cause) > 0
      for (;;) {
        const outcome = await send(operation, body, signer, left())
        if (!outcome.answered) {
          if (outcome.stale) {
            // The others have been idle for as long, so they are dead as well.
            for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
            if (REPEATABLE.includes(operation) && again('stale')) continue
          }
          throw outcome.why === 'timeout' ? timeoutError(outcome.cause) : networkError(outcome.cause)
        }
        if (outcome.status === 200) return parsed(outcome) as OutputOf<Name>
        const refusal = refusalOf(outcome)
        if (refusal.type === 'ExpiredTokenException' && again('expired')) {
          signer = await signerWithin(left(), signer)
          continue
        }
        const apart = Date.parse(outcome.response.headers.date ?? '') - clock.now()
        if (SIGNATURE_REFUSED.includes(refusal.type) && Math.abs(apart - skew) > SKEW_MS && again('skew')) {
          skew = apart
          continue
        }
        throw refusal
      }
    },

    close: () => agent.destroy(),
  }
}

async function inTime(credentials: Promise<AwsCredentials>, timeoutMs: number): Promise<AwsCredentials> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeoutError()), timeoutMs)
  })
  try {
    return await Promise.race([credentials, late])
  } catch (error) {
    throw credentialsError(error)
  } finally {
    clearTimeout(timer)
  }
}

function credentialsError(error: unknown): DynamoError {
  return error instanceof DynamoError ? error : new DynamoError('CredentialsError', { status: null, cause: error })
}

type Answer = Extract<HttpOutcome, { readonly answered: true }>

/** An answer that was cut off or altered on the way is as good as none. The parser's error is left out: it quotes the answer. */
function parsed({ text }: Answer): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw networkError(new Error('the answer is no JSON'))
  }
}

/** `{"__type": "com.amazonaws.dynamodb.v20120810#ThrottlingException", "message": …}`; something else where a proxy answered in DynamoDB's place. */
function refusalOf({ status, response: { headers }, text }: Answer): DynamoError {
  let body: ServiceRefusal & { readonly __type?: string; readonly message?: string; readonly Message?: string }
  try {
    body = JSON.parse(text) as typeof body
  } catch {
    body = {}
  }
  const type = body.__type?.split('#').at(-1) ?? `HTTP ${status}`
  const requestId = headers['x-amzn-requestid']
  return serviceError(type, { ...body, status, requestId: typeof requestId === 'string' ? requestId : undefined, text: body.message ?? body.Message })
}
