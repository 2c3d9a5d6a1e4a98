import { ConfigurationError, systemClock, type Clock, type Instant } from '@sallyport/core'
import { DynamoError } from './dynamo-error.ts'
import { httpCall } from './http-call.ts'

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** `undefined`: for as long as the process lives. */
  readonly expiresAt?: Instant
}

/**
 * Good credentials, asked for before every request; a promise of them only where they have to be fetched. `refused` are ones that AWS no longer takes: the answer must be
 * others, if there are any.
 */
export type AwsCredentialSource = (refused?: AwsCredentials) => AwsCredentials | Promise<AwsCredentials>

export interface AwsCredentialOptions {
  /** `process.env`, or what else stands in for it. */
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock?: Clock
  /** How long the container's or the instance's endpoint may take; 1,000 when left out. */
  readonly timeoutMs?: number
}

/** New ones are fetched so long before the old ones end, and the old ones used on while that fails. */
const EARLY_MS = 5 * 60 * 1000
const CONTAINER_HOST = 'http://169.254.170.2'
const INSTANCE_HOST = 'http://169.254.169.254'
/** Plain HTTP only to where nobody else can listen: this machine, ECS and EKS (https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html). */
const TRUSTED_PLAIN: readonly string[] = ['localhost', '[::1]', '169.254.170.2', '169.254.170.23', '[fd00:ec2::23]']

/**
 * Where a program on AWS finds its credentials: the variables that Lambda sets, else the container's endpoint (ECS, EKS pod identity), else the instance's metadata
 * service in version 2. Fetched ones are kept until shortly before they end; however many ask at once, one request is made.
 *
 * @throws ConfigurationError (`configuration`) when the environment names another source (a profile, a web identity: take the SDK's transport for these), a container
 * endpoint that cannot be trusted, or none at all.
 */
export function awsCredentials({ environment, clock = systemClock, timeoutMs = 1000 }: AwsCredentialOptions): AwsCredentialSource {
  const fixed = fromVariables(environment)
  if (fixed !== null) return () => fixed
  const fetchCredentials = container(environment, timeoutMs) ?? instance(environment, timeoutMs)

  let current: AwsCredentials | null = null
  let fetching: Promise<AwsCredentials> | null = null

  const isUsable = (credentials: AwsCredentials, ahead: number): boolean =>
    credentials.expiresAt === undefined || clock.now() + ahead < credentials.expiresAt

  async function renew(): Promise<AwsCredentials> {
    try {
      current = await fetchCredentials()
      return current
    } catch (cause) {
      if (current !== null && isUsable(current, 0)) return current
      throw new DynamoError('CredentialsError', { status: null, cause })
    } finally {
      fetching = null
    }
  }

  return (refused) => {
    if (refused !== undefined && current === refused) current = null
    if (current !== null && isUsable(current, EARLY_MS)) return current
    fetching ??= renew()
    return fetching
  }
}

function fromVariables(environment: AwsCredentialOptions['environment']): AwsCredentials | null {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: sessionToken } = environment
  if (!accessKeyId || !secretAccessKey) return null
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) }
}

type Fetch = () => Promise<AwsCredentials>

function container(environment: AwsCredentialOptions['environment'], timeoutMs: number): Fetch | null {
  const { AWS_CONTAINER_CREDENTIALS_RELATIVE_URI: relative, AWS_CONTAINER_CREDENTIALS_FULL_URI: full } = environment
  if (!relative && !full) return null
  const url = URL.parse(relative ? `${CONTAINER_HOST}${relative}` : (full ?? ''))
  const isLocal = url !== null && (TRUSTED_PLAIN.includes(url.hostname) || /^127(\.\d+){3}$/.test(url.hostname))
  if (url === null || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLocal))) {
    throw new ConfigurationError('The endpoint of the container credentials is neither https nor one of this container.')
  }
  return async () => {
    const { AWS_CONTAINER_AUTHORIZATION_TOKEN: token, AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: file } = environment
    // The file is renewed while the container runs.
    const authorization = file ? process.getBuiltinModule('node:fs').readFileSync(file, 'utf8').trim() : token
    return parsed(await ask(url, 'GET', authorization ? { Authorization: authorization } : {}, timeoutMs))
  }
}

function instance(environment: AwsCredentialOptions['environment'], timeoutMs: number): Fetch {
  if (environment['AWS_WEB_IDENTITY_TOKEN_FILE'] || environment['AWS_PROFILE']) {
    throw new ConfigurationError(
      'The environment names AWS credentials (a profile or a web identity) that the lean transport does not read: take the SDK transport.',
    )
  }
  if (environment['AWS_EC2_METADATA_DISABLED']?.toLowerCase() === 'true') throw new ConfigurationError('The environment names no AWS credentials.')
  const host = URL.parse(environment['AWS_EC2_METADATA_SERVICE_ENDPOINT'] || INSTANCE_HOST)
  if (host === null) throw new ConfigurationError('The endpoint of the instance metadata is no URL.')
  const roles = '/latest/meta-data/iam/security-credentials/'
  return async () => {
    const token = await ask(new URL('/latest/api/token', host), 'PUT', { 'X-aws-ec2-metadata-token-ttl-seconds': '300' }, timeoutMs)
    const headers = { 'X-aws-ec2-metadata-token': token }
    const [role = ''] = (await ask(new URL(roles, host), 'GET', headers, timeoutMs)).trim().split('\n')
    return parsed(await ask(new URL(`${roles}${encodeURIComponent(role)}`, host), 'GET', headers, timeoutMs))
  }
}

async function ask(url: URL, method: 'GET' | 'PUT', headers: Readonly<Record<string, string>>, timeoutMs: number): Promise<string> {
  const { hostname, port, pathname, search, protocol } = url
  const request = { hostname: hostname.replaceAll(/[[\]]/g, ''), port, path: `${pathname}${search}`, method, headers }
  const outcome = await httpCall({ secure: protocol === 'https:', request, connectTimeoutMs: timeoutMs, timeoutMs })
  if (!outcome.answered) throw new Error('The endpoint of the credentials did not answer.', { cause: outcome.cause })
  if (outcome.status !== 200) throw new Error(`The endpoint of the credentials answered HTTP ${outcome.status}.`)
  return outcome.text
}

function parsed(text: string): AwsCredentials {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    // The parser quotes what it could not read, and that is a secret.
    answer = null
  }
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = (answer ?? {}) as Record<string, unknown>
  const expiresAt = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string' || typeof Token !== 'string' || Number.isNaN(expiresAt)) {
    throw new TypeError('The endpoint of the credentials answered something else.')
  }
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token, expiresAt }
}
