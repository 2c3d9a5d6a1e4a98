import {
  appConfiguration,
  flag,
  guardConfiguration,
  name,
  wholeNumber,
  type Environment,
  type GuardSettings,
  type Settings,
  type VariablesOf,
} from '@sallyport/composition'
import { ConfigurationError } from '@sallyport/core'
import { secretNames } from './secret-names.ts'

/** Where the data is, and whom the guard knows. */
interface FirebaseSettings {
  readonly projectId: string
  /** Empty: the database without a name. */
  readonly databaseId: string
  /** Empty: the namespace without a name. */
  readonly namespace: string
  readonly deadlineSeconds: number
  readonly firebaseUsers: boolean
  /** Read by `function-options.ts` too, when Firebase asks which functions there are. */
  readonly previousSecrets: readonly string[]
}

const OWN: VariablesOf<FirebaseSettings> = {
  projectId: {
    name: 'SALLYPORT_DATASTORE_PROJECT',
    kind: name,
    default: 'required',
    description: 'The project whose Datastore holds everything. Firebase’s own project when not set.',
  },
  databaseId: {
    name: 'SALLYPORT_DATASTORE_DATABASE',
    kind: name,
    default: { value: '', shown: 'the database without a name' },
    description: 'A database in Datastore mode with a name of its own, as it has to be where the one without is a native Firestore.',
  },
  namespace: {
    name: 'SALLYPORT_DATASTORE_NAMESPACE',
    kind: name,
    default: { value: '', shown: 'the namespace without a name' },
    description: 'Lets several installations share a database.',
  },
  deadlineSeconds: {
    name: 'SALLYPORT_DEADLINE_SECONDS',
    kind: wholeNumber(1, 3600, ' of seconds'),
    default: { value: 25 },
    description: 'After that a request is answered 503. Less than the timeout of the function.',
  },
  firebaseUsers: {
    name: 'SALLYPORT_FIREBASE_USERS',
    kind: flag,
    default: { value: false },
    description: 'Whether the guard also knows the users of the project’s Firebase Authentication, by their ID tokens.',
  },
  previousSecrets: {
    name: 'SALLYPORT_PREVIOUS_SECRETS',
    kind: secretNames,
    default: { value: [], shown: 'none' },
    description: 'Which secrets were replaced: the API is also given the secret of that name with `_PREVIOUS` at its end.',
  },
}

export interface ApiConfig extends FirebaseSettings {
  readonly settings: Settings
  readonly environment: Environment
}

export interface GuardConfig extends FirebaseSettings {
  readonly settings: GuardSettings
  readonly environment: Environment
}

/**
 * The environment of the API, checked. Throws `ConfigurationError` (`configuration`) with every problem at once, and for a secret that was replaced when Firebase has not bound the one
 * of before: a revision that forgot every password must not take over from one that knows them.
 */
export function apiConfig(environment: Environment): ApiConfig {
  const { settings, own } = appConfiguration(ofFirebase(environment), OWN)
  const unbound = own.previousSecrets.map((replaced) => `${replaced}_PREVIOUS`).filter((previous) => (environment[previous] ?? '') === '')
  if (unbound.length > 0)
    throw new ConfigurationError(
      `SALLYPORT_PREVIOUS_SECRETS asks for ${unbound.join(', ')}, which this deployment was not given. Deploy with a Firebase CLI of August 2026 or later.`,
    )
  return { ...own, settings, environment }
}

/** The environment of a guarded function, which needs no secret. Throws `ConfigurationError` (`configuration`) with every problem at once. */
export function guardConfig(environment: Environment): GuardConfig {
  const { settings, own } = guardConfiguration(ofFirebase(environment), OWN)
  const { hostedIssuers } = settings
  const known = own.firebaseUsers ? [...hostedIssuers, firebaseIssuer(environment['GCLOUD_PROJECT'] ?? own.projectId)] : hostedIssuers
  return { ...own, settings: { ...settings, hostedIssuers: known }, environment }
}

/** The users of Firebase Authentication, with a role where the Admin SDK has set the claim `roles`. */
function firebaseIssuer(projectId: string): GuardSettings['hostedIssuers'][number] {
  return { preset: 'firebase', projectId, roles: 'roles' }
}

/** Firebase says in which project a function runs. Where it listens is Firebase's business too: in the emulator `PORT` is the path of a socket. */
function ofFirebase(environment: Environment): Environment {
  const { SALLYPORT_DATASTORE_PROJECT: own = '', GCLOUD_PROJECT: here, PORT: _port, HOST: _host, ...others } = environment
  return { ...others, SALLYPORT_DATASTORE_PROJECT: own === '' ? here : own }
}
