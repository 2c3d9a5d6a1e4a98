import { randomUUID } from 'node:crypto'
import type { Stores } from '@sallyport/core'
import type { DatastoreClient } from '../src/datastore-client.ts'
import { datastoreStores } from '../src/datastore-stores.ts'
import { kept, PROJECT } from './emulator-harness.ts'
import { NOW } from './samples.ts'

export interface HeldStores {
  /** The stores of somebody whose nth commit is held up until `work` is done. */
  readonly held: (work: (stores: Stores) => Promise<unknown>) => Stores
  /** Those of somebody else, who does the work. */
  readonly others: Stores
  /** What the work answered. */
  readonly told: unknown[]
}

/** In a namespace of its own. */
export const heldStores =
  (client: DatastoreClient) =>
  (nth: number): HeldStores => {
    const common = { clock: { now: () => NOW }, projectId: PROJECT, namespace: randomUUID() }
    const others = datastoreStores({ ...common, client: kept(client) })
    const told: unknown[] = []
    let commits = 0
    return {
      others,
      told,
      held: (work) => {
        const gated: DatastoreClient = {
          ...kept(client),
          commit: async (request, options) => {
            commits += 1
            if (commits === nth) told.push(await work(others))
            return client.commit(request, options)
          },
        }
        return datastoreStores({ ...common, client: gated, deadlineMs: 10_000, callTimeoutMs: 10_000 })
      },
    }
  }
