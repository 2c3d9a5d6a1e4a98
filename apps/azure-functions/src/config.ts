import {
  appConfiguration,
  flag,
  guardConfiguration,
  name,
  oneOf,
  wholeNumber,
  type Environment,
  type GuardSettings,
  type Kind,
  type Settings,
  type VariablesOf,
} from '@sallyport/composition'
import { ConfigurationError } from '@sallyport/core'

/** Which Redis, and how it lets this process in. */
export interface RedisLocation {
  readonly url: string
  /** Empty: the default user. */
  readonly username: string
  /** Empty: none. */
  readonly password: string
  readonly isCluster: boolean
  readonly prefix: string
}

interface AzureSettings extends RedisLocation {
  readonly store: 'redis'
  readonly deadlineSeconds: number
}

const redisUrl: Kind<string> = {
  form: 'a URL such as `rediss://name.region.redis.azure.net:10000`, without user and password',
  read: (text) => {
    const url = URL.parse(text)
    const isRedis = url !== null && (url.protocol === 'redis:' || url.protocol === 'rediss:') && url.hostname !== ''
    return isRedis && url.username === '' && url.password === '' ? { value: text } : null
  },
}

const OWN: VariablesOf<AzureSettings> = {
  store: {
    name: 'SALLYPORT_STORE',
    kind: oneOf('redis'),
    default: { value: 'redis' },
    description: 'Where everything is kept. The disk of a function app is none, so there is no SQLite here.',
  },
  url: { name: 'SALLYPORT_REDIS_URL', kind: redisUrl, default: 'required', description: 'The server; `rediss:` (TLS) in production.' },
  username: {
    name: 'SALLYPORT_REDIS_USERNAME',
    kind: name,
    default: { value: '', shown: 'the default user' },
    description: 'An ACL user of its own, with the rights that the README of the store lists.',
  },
  password: {
    name: 'SALLYPORT_REDIS_PASSWORD',
    kind: name,
    default: { value: '', shown: 'none' },
    secret: true,
    description: 'Its password or access key.',
  },
  isCluster: {
    name: 'SALLYPORT_REDIS_CLUSTER',
    kind: flag,
    default: { value: false },
    description: '`true` for a cluster whose nodes clients reach themselves (the OSS policy of Azure Managed Redis).',
  },
  prefix: {
    name: 'SALLYPORT_REDIS_PREFIX',
    kind: name,
    default: { value: 'sallyport' },
    description: 'In front of every key, so that several installations can share a server.',
  },
  deadlineSeconds: {
    name: 'SALLYPORT_DEADLINE_SECONDS',
    kind: wholeNumber(1, 220, ' of seconds'),
    default: { value: 25 },
    description: 'After that a request is answered 503. Less than `functionTimeout` in host.json.',
  },
}

export interface ApiConfig extends AzureSettings {
  readonly settings: Settings
}

export interface GuardConfig extends AzureSettings {
  readonly settings: GuardSettings
}

/** The environment of the API, checked. Throws `ConfigurationError` (`configuration`) with every problem at once; where references are unresolved, with those alone. */
export function apiConfig(environment: Environment): ApiConfig {
  refuseUnresolved(environment)
  const { settings, own } = appConfiguration(environment, OWN)
  return { ...encrypted(own, settings), settings }
}

/** The environment of a guarded function, which needs none of the API's secrets. Throws as {@link apiConfig} does. */
export function guardConfig(environment: Environment): GuardConfig {
  refuseUnresolved(environment)
  const { settings, own } = guardConfiguration(environment, OWN)
  return { ...encrypted(own, settings), settings }
}

function encrypted(own: AzureSettings, { mode }: Pick<Settings, 'mode'>): AzureSettings {
  if (mode === 'production' && !own.url.startsWith('rediss:'))
    throw new ConfigurationError(`The configuration is wrong:\n- ${OWN.url.name} must be rediss (TLS) in production.`)
  return own
}

/**
 * A reference to Key Vault that the platform cannot resolve it hands over as it is written. Taken for a value it would be a password that the database refuses or, worse, a secret that everybody
 * knows who knows the name of the vault.
 */
function refuseUnresolved(environment: Environment): void {
  const problems = Object.entries(environment)
    .filter(([variable, value]) => variable.startsWith('SALLYPORT_') && /^\s*@microsoft\.keyvault\(/i.test(value ?? ''))
    .map(([variable]) => `- ${variable} is a reference to Key Vault that was not resolved.\n`)
  if (problems.length === 0) return
  throw new ConfigurationError(
    `The configuration is wrong:\n${problems.join('')}The secret has to be in the vault and the function app's identity has to have the right to read it; then the references have to be refreshed.`,
  )
}
