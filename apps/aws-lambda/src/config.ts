import {
  appConfiguration,
  flag,
  guardConfiguration,
  name,
  oneOf,
  publicUrl,
  secretsOf,
  type Environment,
  type GuardSettings,
  type Kind,
  type Settings,
  type VariablesOf,
} from '@sallyport/composition'
import { ConfigurationError } from '@sallyport/core'
import { redisSecrets } from './redis-secrets.ts'

/** Where everything is, and by what it is reached. */
export interface Place {
  readonly tableName: string
  readonly transport: 'lean' | 'sdk'
  /** `null`: that of the region. */
  readonly endpoint: string | null
  /** `null`: sessions are in DynamoDB like everything else. */
  readonly redisUrl: string | null
  readonly basePath: string
}

interface GuardVariables extends Place {
  readonly authorizerGateway: 'http-simple' | 'http-policy' | 'rest-token' | 'rest-request'
  readonly authorizerContext: boolean
  readonly postsTableName: string
}

const basePath: Kind<string> = {
  form: 'a path such as `/v1` of letters, digits, `-`, `_`, `.` and `~`, without a slash at its end',
  read: (text) => (/^(?:\/[A-Za-z0-9_.~-]+){1,8}$/.test(text) ? { value: text } : null),
}

const redisUrl: Kind<string> = {
  form: 'a URL that begins with `redis://` or `rediss://`, in which a percent sign is written `%25`',
  read: (text) => (URL.canParse(text) && /^rediss?:\/\/[^/]/.test(text) && isDecodable(text) ? { value: text } : null),
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}

const PLACE: VariablesOf<Place> = {
  tableName: {
    name: 'SALLYPORT_DYNAMODB_TABLE',
    kind: name,
    default: 'required',
    description: 'The table that holds everything.',
  },
  transport: {
    name: 'SALLYPORT_DYNAMODB_TRANSPORT',
    kind: oneOf('lean', 'sdk'),
    default: { value: 'lean' },
    description: '`sdk` takes the AWS SDK, which knows every source of credentials and makes each cold start longer.',
  },
  endpoint: {
    name: 'SALLYPORT_DYNAMODB_ENDPOINT',
    kind: publicUrl,
    default: { value: null, shown: 'the one of `AWS_REGION`' },
    description: 'Another endpoint, such as that of DynamoDB Local.',
  },
  redisUrl: {
    name: 'SALLYPORT_REDIS_URL',
    kind: redisUrl,
    default: { value: null, shown: 'none' },
    description: 'Keeps sessions in Redis. The same for the API, authorizers and guarded functions.',
  },
  basePath: {
    name: 'SALLYPORT_BASE_PATH',
    kind: basePath,
    default: { value: '', shown: 'none' },
    description: 'What the mapping of a custom domain puts in front of every path.',
  },
}

const GUARD: VariablesOf<GuardVariables> = {
  ...PLACE,
  authorizerGateway: {
    name: 'SALLYPORT_AUTHORIZER_GATEWAY',
    kind: oneOf('http-simple', 'http-policy', 'rest-token', 'rest-request'),
    default: { value: 'http-simple' },
    description:
      'Whose events the authorizer answers: an HTTP API’s with simple responses or with policies, a REST API’s of the type TOKEN or REQUEST.',
  },
  authorizerContext: {
    name: 'SALLYPORT_AUTHORIZER_CONTEXT',
    kind: flag,
    default: { value: false },
    description: 'Believes the context of the authorizer in front, and judges it again. Only where nothing but the gateway may invoke the function.',
  },
  postsTableName: {
    name: 'SALLYPORT_POSTS_TABLE',
    kind: name,
    default: { value: '', shown: 'none' },
    description: 'The table of the sample function `posts`.',
  },
}

/** What the runtime of Lambda says, and nobody configures. */
export interface Surroundings {
  readonly region: string
  readonly environment: Environment
}

export interface ApiConfig extends Place, Surroundings {
  readonly settings: Settings
}

export interface GuardConfig extends GuardVariables, Surroundings {
  readonly settings: GuardSettings
}

/** The environment of the API, checked. Throws `ConfigurationError` (`configuration`) with every problem at once. */
export function apiConfig(environment: Environment): ApiConfig {
  const { settings, own } = appConfiguration(environment, PLACE)
  return { ...own, ...surroundings(environment), settings }
}

/** The environment of an authorizer or a guarded function, which needs no secret. Throws `ConfigurationError` (`configuration`) with every problem at once. */
export function guardConfig(environment: Environment): GuardConfig {
  const { settings, own } = guardConfiguration(environment, GUARD)
  return { ...own, ...surroundings(environment), settings }
}

function surroundings(environment: Environment): Surroundings {
  const region = environment['AWS_REGION'] ?? ''
  if (!/^[a-z0-9-]+$/.test(region)) throw new ConfigurationError('AWS_REGION must be set: the region of the table, which Lambda sets itself.')
  return { region, environment }
}

/** What must never be seen in a log. */
export function secretsIn({ settings, redisUrl: address }: ApiConfig): readonly string[] {
  return [...secretsOf(settings), ...redisSecrets(address)]
}
