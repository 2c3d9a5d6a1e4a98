import {
  appConfiguration,
  guardConfiguration,
  name,
  oneOf,
  wholeNumber,
  type Environment,
  type GuardSettings,
  type Settings,
  type VariablesOf,
} from '@sallyport/composition'

/** Where the data is, and what stands in front. */
interface GoogleSettings {
  readonly projectId: string
  /** Empty: the database without a name. */
  readonly databaseId: string
  /** Empty: the namespace without a name. */
  readonly namespace: string
  readonly front: 'none' | 'api-gateway'
  readonly deadlineSeconds: number
}

const OWN: VariablesOf<GoogleSettings> = {
  projectId: {
    name: 'SALLYPORT_DATASTORE_PROJECT',
    kind: name,
    default: 'required',
    description: 'The project whose Datastore holds everything.',
  },
  databaseId: {
    name: 'SALLYPORT_DATASTORE_DATABASE',
    kind: name,
    default: { value: '', shown: 'the database without a name' },
    description: 'A database of Firestore in Datastore mode with a name of its own.',
  },
  namespace: {
    name: 'SALLYPORT_DATASTORE_NAMESPACE',
    kind: name,
    default: { value: '', shown: 'the namespace without a name' },
    description: 'Lets several installations share a database.',
  },
  front: {
    name: 'SALLYPORT_FRONT',
    kind: oneOf('none', 'api-gateway'),
    default: { value: 'none' },
    description:
      '`api-gateway`: clients come through API Gateway, which sends a token of its own in `Authorization` and moves theirs to `X-Forwarded-Authorization`.',
  },
  deadlineSeconds: {
    name: 'SALLYPORT_DEADLINE_SECONDS',
    kind: wholeNumber(1, 3600, ' of seconds'),
    default: { value: 25 },
    description: 'After that a request is answered 503. Less than the timeout of the function.',
  },
}

export interface ApiConfig extends GoogleSettings {
  readonly settings: Settings
  readonly environment: Environment
}

export interface GuardConfig extends GoogleSettings {
  readonly settings: GuardSettings
  readonly environment: Environment
}

/** The environment of the API, checked. Throws `ConfigurationError` (`configuration`) with every problem at once. */
export function apiConfig(environment: Environment): ApiConfig {
  const { settings, own } = appConfiguration(environment, OWN)
  return { ...own, settings, environment }
}

/** The environment of a guarded function, which needs no secret. Throws `ConfigurationError` (`configuration`) with every problem at once. */
export function guardConfig(environment: Environment): GuardConfig {
  const { settings, own } = guardConfiguration(environment, OWN)
  return { ...own, settings, environment }
}
