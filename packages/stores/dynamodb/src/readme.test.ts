import { readFileSync } from 'node:fs'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { expect, it } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { createTable, dynamodbStores, sdkClientOptions, sdkTransport } from './index.ts'

await onDynamodbLocal((local) => {
  it('the sample of the README works', async () => {
    const logged: unknown[] = []
    const console = { log: (value: unknown) => logged.push(value) }
    const target = { endpoint: local.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
    const table = { tableName: freshName(), pointInTimeRecovery: false }
    // Stands still, so that no minute ends between the two counts.
    const systemClock = { now: () => 1_800_000_000_000 }
    // sample
    const transport = sdkTransport(new DynamoDBClient({ ...sdkClientOptions(), ...target }))
    await createTable({ transport, table }) // once, by whoever deploys
    const stores = dynamodbStores({ transport, table, clock: systemClock })

    const minute = { key: 'login:203.0.113.0/24', windowMs: 60_000 }
    const [first] = await stores.counters.count([minute])
    const [second] = await stores.counters.count([minute])
    console.log([first?.count, second?.count]) // [1, 2]

    await stores.close()
    // end of sample
    expect(logged).toEqual([[1, 2]])
    const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
    const sample = lines.slice(lines.indexOf('    // sample') + 1, lines.indexOf('    // end of sample')).map((line) => line.slice(4))
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.join('\n'))
  })
})
