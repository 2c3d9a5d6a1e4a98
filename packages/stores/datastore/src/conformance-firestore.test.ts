import { describeStores } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'

await withEmulator('firestore', 'the conformance kit on the Firestore emulator in Datastore mode', async (emulator) => {
  describeStores('firestore in datastore mode', await emulatorHarness(emulator))
})
