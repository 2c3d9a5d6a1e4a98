import type { HttpsOptions } from 'firebase-functions/https'
import { defineSecret } from 'firebase-functions/params'
import { SECRETS, secretNames } from './secret-names.ts'

/** Of every function. A guarded one runs as an account that may use the database and nothing else. */
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
  secrets: [...SECRETS, ...previousSecrets()].map((name) => defineSecret(name)),
}

/**
 * A Firebase CLI of August 2026 or later has read `.env.<project>` when it asks which functions there are. An older one has not and gets none here: then the API refuses to start
 * (`apiConfig`). A name that is none ends the deployment: values of before that are left out are not accepted any more.
 */
function previousSecrets(): readonly string[] {
  const text = process.env['SALLYPORT_PREVIOUS_SECRETS'] ?? ''
  if (text === '') return []
  const read = secretNames.read(text)
  if (read === null || typeof read === 'string') throw new Error(`SALLYPORT_PREVIOUS_SECRETS must be ${secretNames.form}.`)
  return read.value.map((name) => `${name}_PREVIOUS`)
}
