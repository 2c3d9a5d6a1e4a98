import { openDomainTrial, type DomainHarness } from '@sallyport/conformance'
import type { StrategyName } from '@sallyport/core'
import { expect, it } from 'vitest'
import { connect, PROJECT } from '../../packages/stores/datastore/testing/emulator-harness.ts'
import { withEmulator } from '../../packages/stores/datastore/testing/emulator.ts'
import { onDynamodbLocal } from '../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { createdTable } from '../../packages/stores/dynamodb/testing/harness.ts'
import { TABLE_NAME, TRANSPORTS } from '../../packages/stores/dynamodb/testing/transports.ts'
import { connect as connectRedis, withRedis } from '../../packages/stores/redis/testing/harness.ts'
import { redisServer } from '../../packages/stores/redis/testing/redis-server.ts'
import { meteredDatastore, meteredDynamodb, meteredRedis, meteredSqlite } from './engines.ts'
import { keepMeasured, measured, type Measured } from './measured.ts'
import { meter, type Meter, type Spent } from './meter.ts'
import { useCases } from './use-cases.ts'

// Counts what every use case costs on the real engines and holds docs/cost.md to it. `MEASURE=write npx vitest run tools/cost` keeps new counts; then `npm run docs`.

async function counts(harness: DomainHarness, gauge: Meter): Promise<Measured[string]> {
  const ofStrategy = async (strategy: StrategyName): Promise<Record<string, Spent>> => {
    const { trial, close } = await openDomainTrial(harness, strategy)
    const spent: Record<string, Spent> = {}
    for (const { name, prepare } of useCases) {
      const act = await prepare(trial)
      gauge.read()
      await act()
      spent[name] = gauge.read()
    }
    await close()
    return spent
  }
  return { session: await ofStrategy('session'), jwt: await ofStrategy('jwt') }
}

async function hold(engine: string, harness: DomainHarness, gauge: Meter): Promise<void> {
  const found = await counts(harness, gauge)
  if (process.env['MEASURE'] === 'write') keepMeasured(engine, found)
  expect(found).toEqual(measured()[engine])
}

it('SQLite costs what docs/cost.md says', async () => {
  const gauge = meter()
  await hold('SQLite', meteredSqlite(gauge), gauge)
})

withRedis('what every use case costs', () => {
  it('Redis costs what docs/cost.md says', async () => {
    const server = await redisServer()
    const client = connectRedis(server)
    const gauge = meter()
    // Once unheard, so that Redis knows every script.
    await counts(meteredRedis(client, gauge), gauge)
    await hold('Redis', meteredRedis(client, gauge), gauge)
    await client.quit()
    await server.remove()
  })
})

await onDynamodbLocal((local) => {
  it('DynamoDB costs what docs/cost.md says', async () => {
    await createdTable(local)
    const gauge = meter()
    await hold('DynamoDB', meteredDynamodb(TRANSPORTS.lean(local.endpoint), TABLE_NAME, gauge), gauge)
  })
})

await withEmulator('datastore', 'what every use case costs', async (emulator) => {
  const client = await connect(emulator)
  it('Datastore costs what docs/cost.md says', async () => {
    const gauge = meter()
    await hold('Datastore', meteredDatastore(client, PROJECT, gauge), gauge)
  })
})
