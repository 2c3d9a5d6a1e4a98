import { callableGuard, cloudLogger } from '@sallyport/platform-google-functions'
import { openDatastoreClient } from '@sallyport/store-datastore'
import { HttpsError, type CallableRequest } from 'firebase-functions/https'
import { guardConfig } from './config.ts'
import { guardOverDatastore } from './guard-composition.ts'

export interface WhoAmI {
  readonly userId: string | null
  readonly roles: readonly string[]
}

const config = guardConfig(process.env)
const log = cloudLogger(config.settings.logLevel)
const guarded = callableGuard({
  guard: guardOverDatastore(config, await openDatastoreClient(config), log),
  HttpsError,
  credentialHeader: 'x-sallyport-authorization',
  deadlineMs: config.deadlineSeconds * 1000,
  onError: log.error,
})

/** A callable behind a rule: who is signed in, with Sallyport or, if the configuration says so, with Firebase. */
export const whoAmI: (request: CallableRequest, response: unknown) => Promise<WhoAmI> = guarded(
  { access: 'signed-in' },
  (_: CallableRequest, principal) => ({
    userId: principal?.userId ?? null,
    roles: principal?.roles ?? [],
  }),
)
