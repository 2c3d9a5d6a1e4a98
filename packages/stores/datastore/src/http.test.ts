import { describeHttp, inProcess, plainTokens } from '@sallyport/conformance'
import { emulatorHarness } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'

for (const [engine, name] of [
  ['datastore', 'datastore'],
  ['firestore', 'firestore in datastore mode'],
] as const) {
  await withEmulator(engine, `the HTTP scenarios on the ${engine} emulator`, async (emulator) => {
    const domain = { stores: await emulatorHarness(emulator), tokens: plainTokens }
    describeHttp(name, { domain, mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }) })
  })
}
