import { faultPlan, type FaultHarness, type FaultKind } from '@sallyport/conformance'
import { afterAll } from 'vitest'
import { datastoreStores } from '../src/datastore-stores.ts'
import type { DatastoreClient } from '../src/datastore-client.ts'
import { connect, kept, PROJECT } from './emulator-harness.ts'
import type { Emulator } from './emulator.ts'
import { faultyWire, freshNamespace, status, type Fault, type FaultyWire } from './faulty-wire.ts'

const FAULTS: Readonly<Record<FaultKind, Fault>> = {
  refused: { before: status.UNAVAILABLE },
  'lost-answer': { after: status.UNAVAILABLE },
  hang: { hang: 'before' },
  slow: { slowMs: 40 },
  throttled: { before: status.RESOURCE_EXHAUSTED },
}
/** What a crowded machine needs for a request is no fault. A request that hangs is made again once. */
const TIMES = { deadlineMs: 3000, callTimeoutMs: 1500 }
const PATIENT = { deadlineMs: 20_000, callTimeoutMs: 10_000 }
/** Beyond the adapter's own deadline: a call that hangs for ever is found out, one that waited for the machine is not. */
const CROWD_MS = 9000

interface Way {
  readonly wire: FaultyWire
  readonly client: DatastoreClient
}

/** The emulator behind a gRPC server that breaks what passes. A wire and its connection take longer to make than a clause, so they are used again once they are free. */
export async function datastoreFaults(emulator: Emulator): Promise<FaultHarness> {
  const direct = await connect(emulator)
  const [all, free]: [Way[], Way[]] = [[], []]
  afterAll(async () => {
    await Promise.all([direct, ...all.map(({ client }) => client)].map((client) => client.close()))
    for (const { wire } of all) wire.close()
  })

  async function freeWay(): Promise<Way> {
    const way = free.pop()
    if (way !== undefined) return way
    const wire = await faultyWire(emulator.address)
    const made = { wire, client: await connect(wire) }
    all.push(made)
    // The first calls make the connection, and wake an emulator that has just started: both take longer than a fault may.
    const patient = datastoreStores({
      clock: { now: () => 0 },
      projectId: PROJECT,
      namespace: freshNamespace(),
      ...PATIENT,
      client: kept(made.client),
    })
    await patient.counters.count([{ key: 'first', windowMs: 1000 }])
    return made
  }

  return {
    deadlineMs: TIMES.deadlineMs + CROWD_MS,
    async open({ clock }) {
      const way = await freeWay()
      const options = { clock, projectId: PROJECT, namespace: freshNamespace() }
      const faults = faultPlan()
      way.wire.break(() => {
        const kind = faults.due()
        return kind === null ? null : FAULTS[kind]
      })
      return {
        stores: datastoreStores({ ...options, ...TIMES, client: kept(way.client) }),
        plain: datastoreStores({ ...options, ...PATIENT, client: kept(direct) }),
        faults,
        close: async () => {
          way.wire.mend()
          free.push(way)
        },
      }
    },
  }
}
