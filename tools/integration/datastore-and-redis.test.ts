import { describeDomain, describeHttp, inProcess } from '@sallyport/conformance'
import { emulatorHarness } from '../../packages/stores/datastore/testing/emulator-harness.ts'
import { withEmulator } from '../../packages/stores/datastore/testing/emulator.ts'
import { singleHarness, withRedis } from '../../packages/stores/redis/testing/harness.ts'
import { domainOver, mixedStores } from './mixed-stores.ts'

await withEmulator('datastore', 'users in Datastore, sessions in Redis', async (emulator) => {
  const users = await emulatorHarness(emulator)
  withRedis('users in Datastore, sessions in Redis', () => {
    const domain = domainOver(mixedStores(users, singleHarness(), ['sessions']))
    describeDomain('users in Datastore, sessions in Redis', domain)
    describeHttp('users in Datastore, sessions in Redis', {
      domain,
      mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }),
    })
  })
})
