import { describeHttp, inProcess } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { tokenParts } from '../testing/token-parts.ts'

await withEmulator('datastore', 'the HTTP scenarios on the Datastore emulator', async (emulator) => {
  const domain = { stores: await emulatorHarness(emulator), tokens: tokenParts }
  describeHttp('datastore', { domain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
})
