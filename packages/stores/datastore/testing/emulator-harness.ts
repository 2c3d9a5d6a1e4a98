import { randomUUID } from 'node:crypto'
import type { OpenStores, StoreHarness } from '@sallyport/conformance'
import type { Clock } from '@sallyport/core'
import type { DatastoreClient } from '../src/datastore-client.ts'
import { datastoreStores, type DatastoreStoresOptions } from '../src/datastore-stores.ts'
import { openDatastoreClient } from '../src/open-datastore-client.ts'
import { rawEntities } from './raw-entities.ts'
import type { Emulator } from './emulator.ts'

export const PROJECT = 'sallyport-test'

/** A namespace of its own for every clause, and two connections that all of them share: opening one takes longer than a clause. */
export async function emulatorHarness(emulator: Emulator, options: Partial<DatastoreStoresOptions> = {}): Promise<StoreHarness> {
  const [client, second] = [await connect(emulator), await connect(emulator)]
  const open = async ({ clock }: { readonly clock: Clock }): Promise<OpenStores> => {
    const namespace = randomUUID()
    const raw = rawEntities({ client, projectId: PROJECT, namespace })
    const common = { clock, projectId: PROJECT, namespace, ...options }
    return {
      stores: datastoreStores({ ...common, client: kept(client) }),
      second: async () => datastoreStores({ ...common, client: kept(second) }),
      peek: async () => (await raw.all()).map(({ text }) => text),
      // What the TTL policies do, without their delay.
      sweep: () => raw.removeExpired(clock.now()),
      close: async () => {},
    }
  }
  return { open, deadlineMs: 20_000 }
}

export function connect({ address }: Pick<Emulator, 'address'>): Promise<DatastoreClient> {
  return openDatastoreClient({ projectId: PROJECT, environment: { DATASTORE_EMULATOR_HOST: address } })
}

/** The same client, for a store that may close it. */
export function kept(client: DatastoreClient): DatastoreClient {
  return {
    lookup: (request, options) => client.lookup(request, options),
    runQuery: (request, options) => client.runQuery(request, options),
    commit: (request, options) => client.commit(request, options),
    close: async () => {},
  }
}
