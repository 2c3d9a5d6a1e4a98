import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFile } from '../testing/temporary-file.ts'
import { sqliteStores } from './sqlite-stores.ts'

it('the sample of the README works', async () => {
  const logged: unknown[] = []
  const console = { log: (value: unknown) => logged.push(value) }
  const { path, remove } = temporaryFile()
  const directory = dirname(path)
  // Stands still, so that no minute ends between the two counts.
  const systemClock = { now: () => 1_800_000_000_000 }
  // sample
  const stores = sqliteStores({ path: join(directory, 'sallyport.db'), clock: systemClock })
  const elsewhere = sqliteStores({ path: join(directory, 'sallyport.db'), clock: systemClock }) // in another process, say

  const minute = { key: 'login:203.0.113.0/24', windowMs: 60_000 }
  const [first] = await stores.counters.count([minute])
  const [second] = await elsewhere.counters.count([minute])
  console.log([first?.count, second?.count]) // [1, 2]

  await elsewhere.close()
  await stores.close()
  // end of sample
  remove()
  expect(logged).toEqual([[1, 2]])
  const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
  const sample = lines.slice(lines.indexOf('  // sample') + 1, lines.indexOf('  // end of sample')).map((line) => line.slice(2))
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.join('\n'))
})
