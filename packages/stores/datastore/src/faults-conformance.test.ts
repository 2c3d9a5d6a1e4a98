import { describeStoreFaults } from '@sallyport/conformance'
import { withEmulator } from '../testing/emulator.ts'
import { datastoreFaults } from '../testing/fault-harness.ts'

await withEmulator('datastore', 'the fault kit on the Datastore emulator', async (emulator) => {
  describeStoreFaults('datastore', await datastoreFaults(emulator))
})

await withEmulator('firestore', 'the fault kit on the Firestore emulator in Datastore mode', async (emulator) => {
  describeStoreFaults('firestore in datastore mode', await datastoreFaults(emulator))
})
