import { describeDomain } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { tokenParts } from '../testing/token-parts.ts'

await withEmulator('datastore', 'the domain on the Datastore emulator', async (emulator) => {
  describeDomain('datastore', { stores: await emulatorHarness(emulator), tokens: tokenParts })
})
