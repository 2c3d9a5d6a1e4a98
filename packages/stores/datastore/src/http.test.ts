import { describeHttp, inProcess, plainTokens } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'

await withEmulator('datastore', 'the HTTP scenarios on the Datastore emulator', async (emulator) => {
  const domain = { stores: await emulatorHarness(emulator), tokens: plainTokens }
  describeHttp('datastore', { domain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
})
