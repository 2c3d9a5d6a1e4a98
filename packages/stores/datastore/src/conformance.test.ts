import { describeStores } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'

await withEmulator('datastore', 'the conformance kit on the Datastore emulator', async (emulator) => {
  describeStores('datastore', await emulatorHarness(emulator))
})
