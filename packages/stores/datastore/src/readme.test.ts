import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { PROJECT } from '../testing/emulator-harness.ts'
import { withEmulator } from '../testing/emulator.ts'
import { EXPIRING_KINDS } from './keyspace.ts'
import { datastoreStores } from './datastore-stores.ts'
import { openDatastoreClient } from './open-datastore-client.ts'

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')

it('the README gives the command for every kind that expires', () => {
  for (const kind of EXPIRING_KINDS) expect(readme).toContain(`--collection-group=${kind} `)
})

await withEmulator('datastore', 'the sample of the README', ({ address }) => {
  it('the sample of the README works', async () => {
    const logged: unknown[] = []
    const console = { log: (value: unknown) => logged.push(value) }
    const process = { env: { DATASTORE_EMULATOR_HOST: address } }
    const projectId = PROJECT
    // Stands still, so that no minute ends between the two counts.
    const systemClock = { now: () => 1_800_000_000_000 }
    // sample
    const client = await openDatastoreClient({ projectId, environment: process.env })
    const stores = datastoreStores({ client, projectId, clock: systemClock })

    const minute = { key: 'login:203.0.113.0/24', windowMs: 60_000 }
    const [first] = await stores.counters.count([minute])
    const [second] = await stores.counters.count([minute])
    console.log([first?.count, second?.count]) // [1, 2]

    await stores.close()
    // end of sample
    expect(logged).toEqual([[1, 2]])
    const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
    const sample = lines.slice(lines.indexOf('    // sample') + 1, lines.indexOf('    // end of sample')).map((line) => line.slice(4))
    expect(readme).toContain(sample.join('\n'))
  })
})
