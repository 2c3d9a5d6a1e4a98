import { Datastore } from '@google-cloud/datastore'
import assert from 'node:assert/strict'
import { ratioOf, type Effort } from './measure.ts'
import type { GroupReport } from './report.ts'
import { atLeast, measureReads, rawRead, sampleSession, storeRead } from './store-reads.ts'

const OURS = 'Sallyport'
const projectId = 'sallyport-bench'
const database = { projectId, databaseId: '' }

/** Beside the same look-up by the raw client on the same connection, and beside `Datastore.get`, which is what applications use of that library. */
export async function datastoreReads(
  { datastoreStores, openDatastoreClient, systemClock }: typeof import('./ours-stores.ts'),
  port: number,
  effort: Effort,
): Promise<GroupReport> {
  const client = await openDatastoreClient({ projectId, environment: { DATASTORE_EMULATOR_HOST: `127.0.0.1:${port}` } })
  const stores = datastoreStores({ client, clock: systemClock, projectId })
  try {
    const session = sampleSession()
    await stores.sessions.create(session)
    const key = await onlyKey(client)
    const lookup = { ...database, readOptions: { readConsistency: 'STRONG' as const }, keys: [key] }
    const base = await rawRead('raw lookup', session, async () => (await client.lookup(lookup, { timeout: 2000, retry: null }))[0])
    // The library would ask the network where it runs.
    process.env['METADATA_SERVER_DETECTION'] = 'none'
    const library = new Datastore({ projectId, apiEndpoint: `http://127.0.0.1:${port}` })
    const libraryKey = library.key(key.path.flatMap(({ kind, name }) => [kind, name]))
    return await measureReads(
      {
        engine: 'Datastore',
        base,
        candidates: [
          await storeRead(OURS, stores.sessions, session),
          await rawRead('Datastore.get', session, async () => (await library.get(libraryKey))[0] as unknown),
        ],
        rows: ({ rates, underWay }) => [
          atLeast(`session check on Datastore, ${underWay} under way / raw lookup, same connection`, ratioOf(rates(OURS)), 0.9),
        ],
      },
      effort,
    )
  } finally {
    await stores.close()
  }
}

type Client = Awaited<ReturnType<(typeof import('./ours-stores.ts'))['openDatastoreClient']>>
type WireKey = Parameters<Client['lookup']>[0]['keys'][number]

/** Of the one session there is, as the client takes it. */
async function onlyKey(client: Client): Promise<WireKey> {
  const partitionId = { ...database, namespaceId: '' }
  const query = { kind: [{ name: 'SallyportSession' }], order: [], limit: { value: 1 } }
  const [{ batch }] = await client.runQuery({ ...database, partitionId, query }, { timeout: 2000, retry: null })
  const path = batch?.entityResults?.[0]?.entity?.key?.path
  assert.ok(path)
  return { partitionId, path: path.map(({ kind, name }) => ({ kind: kind ?? '', name: name ?? '' })) }
}
