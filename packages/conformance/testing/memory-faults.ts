import type { Stores } from '@sallyport/core'
import { memoryKeyspace, memoryStores } from '@sallyport/store-memory'
import type { FaultHarness } from '../src/faults/fault-harness.ts'
import { faultPlan } from '../src/faults/fault-plan.ts'
import { faultyStores } from '../src/faults/faulty-stores.ts'
import { patientStores } from './patient-stores.ts'

/** Memory behind a wire that fails, and the adapter that reaches it over that wire. */
export function memoryFaults(adapter: (wire: Stores) => Stores = patientStores): FaultHarness {
  return {
    // Four tries take a sound adapter a second; the rest is for a busy machine.
    deadlineMs: 3000,
    async open({ clock }) {
      const keyspace = memoryKeyspace({ clock })
      const plain = memoryStores({ clock, keyspace })
      const faults = faultPlan()
      return { stores: adapter(faultyStores(memoryStores({ clock, keyspace }), { due: faults.due })), plain, faults, close: () => plain.close() }
    },
  }
}
