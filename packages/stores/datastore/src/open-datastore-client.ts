import { ConfigurationError } from '@sallyport/core'
import type { DatastoreClient } from './datastore-client.ts'

export interface OpenDatastoreClientOptions {
  readonly projectId: string
  /** What the environment says, `process.env` as a rule: `DATASTORE_EMULATOR_HOST` leads to an emulator, without TLS and without credentials. */
  readonly environment: { readonly [name: string]: string | undefined }
}

/**
 * A connection that died unnoticed, as they do while a function is frozen, is found out and replaced; one that cannot be made is tried again every two
 * seconds, and not, as by default, ever more seldom up to two minutes: a database that is back is used again.
 */
const CONNECTION = {
  'grpc.keepalive_time_ms': 30_000,
  'grpc.keepalive_timeout_ms': 5000,
  'grpc.initial_reconnect_backoff_ms': 200,
  'grpc.max_reconnect_backoff_ms': 2000,
}

/**
 * A client of `@google-cloud/datastore`, which is loaded now and not with this package: it is the greater part of a cold start. It finds credentials as
 * all of Google's clients do (https://cloud.google.com/docs/authentication/application-default-credentials).
 *
 * @throws ConfigurationError (`configuration`) when `DATASTORE_EMULATOR_HOST` is set in production, where it would send every user, session and key
 * to whoever answers there; and when it is not `host:port`.
 */
export async function openDatastoreClient({ projectId, environment }: OpenDatastoreClientOptions): Promise<DatastoreClient> {
  const emulator = emulatorOf(environment)
  const { DatastoreClient: Client } = await import('@google-cloud/datastore')
  if (emulator === null) return new Client({ projectId, ...CONNECTION })
  const { grpc } = await import('google-gax')
  return new Client({
    projectId,
    ...CONNECTION,
    servicePath: emulator.host,
    port: emulator.port,
    sslCreds: grpc.credentials.createInsecure(),
    // Told, because the client would look for credentials to find it out, and for the machine's metadata server to find those.
    clientOptions: { universeDomain: 'googleapis.com' },
  })
}

function emulatorOf(environment: OpenDatastoreClientOptions['environment']): { readonly host: string; readonly port: number } | null {
  const value = environment['DATASTORE_EMULATOR_HOST']
  if (value === undefined || value === '') return null
  if (environment['NODE_ENV'] === 'production') {
    throw new ConfigurationError(
      'DATASTORE_EMULATOR_HOST is set in production: there is no emulator there, and nothing that claims to be one is trusted.',
    )
  }
  const [, host, port] = /^(\[[\da-f:]+\]|[\w.-]+):(\d{1,5})$/i.exec(value) ?? []
  if (host === undefined || port === undefined) throw new ConfigurationError('DATASTORE_EMULATOR_HOST is host:port.')
  return { host, port: Number(port) }
}
