// An engine as the stores' own tests start it. Argument: its name. Says its port, or why there is none, and lives until the bench ends.
import { registerHooks } from 'node:module'
import { reasons } from './no-test-runner.ts'

export type EngineName = 'redis' | 'dynamodb' | 'datastore'
export type EngineReady = { readonly port: number } | { readonly missing: string }

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'vitest' ? { url: new URL('no-test-runner.ts', import.meta.url).href, shortCircuit: true } : next(specifier, context),
})

const START: Readonly<Record<EngineName, () => Promise<number | undefined>>> = {
  async redis() {
    const { withRedis } = await import('../../../packages/stores/redis/testing/harness.ts')
    const { redisServer } = await import('../../../packages/stores/redis/testing/redis-server.ts')
    let server: ReturnType<typeof redisServer> | undefined
    withRedis('the bench of Redis', () => {
      server = redisServer()
    })
    return (await server)?.port
  },
  async dynamodb() {
    const { onDynamodbLocal } = await import('../../../packages/stores/dynamodb/testing/dynamodb-local.ts')
    let found: number | undefined
    await onDynamodbLocal(({ port }) => {
      found = port
    })
    return found
  },
  async datastore() {
    const { withEmulator } = await import('../../../packages/stores/datastore/testing/emulator.ts')
    let found: number | undefined
    await withEmulator('datastore', 'the bench of Datastore', ({ address }) => {
      found = Number(address.split(':')[1])
    })
    return found
  },
}

process.on('disconnect', () => process.exit())
const port = await START[process.argv[2] as EngineName]()
const ready: EngineReady = port === undefined ? { missing: reasons.join('; ') } : { port }
process.send?.(ready)
