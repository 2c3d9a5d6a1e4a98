import type { HttpsOptions } from 'firebase-functions/https'
import { defineSecret } from 'firebase-functions/params'

/** Of every function. A guarded one runs as an account that may read the database and nothing else. */
const COMMON: HttpsOptions = {
  region: 'europe-west1',
  memory: '512MiB',
  timeoutSeconds: 30,
  concurrency: 80,
  maxInstances: 20,
  invoker: 'public',
}

export const GUARDED: HttpsOptions = { ...COMMON, serviceAccount: 'sallyport-posts@' }

/** Only the API is given secrets: Firebase puts them from Secret Manager into its environment, and asks for those that are missing when it deploys. */
export const API: HttpsOptions = {
  ...COMMON,
  serviceAccount: 'sallyport-api@',
  secrets: ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER'].map((name) => defineSecret(name)),
}
