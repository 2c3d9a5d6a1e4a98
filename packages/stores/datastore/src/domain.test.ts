import { describeDomain, plainTokens } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'

await withEmulator('datastore', 'the domain on the Datastore emulator', async (emulator) => {
  describeDomain('datastore', { stores: await emulatorHarness(emulator), tokens: plainTokens })
})

await withEmulator('firestore', 'the domain on the Firestore emulator in Datastore mode', async (emulator) => {
  describeDomain('firestore in datastore mode', { stores: await emulatorHarness(emulator), tokens: plainTokens })
})
