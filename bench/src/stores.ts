import { loadOurStores } from './bundle.ts'
import { withEngine } from './engines.ts'
import type { Effort } from './measure.ts'
import type { GroupReport } from './report.ts'
import { datastoreReads } from './store-datastore.ts'
import { dynamodbReads } from './store-dynamodb.ts'
import { redisReads } from './store-redis.ts'
import { sqliteReads } from './store-sqlite.ts'
import { notMeasured } from './store-reads.ts'

/** Goal 10: the session check of each store beside the raw client's single read, each on the engine that its tests run on. */
export async function storesGroup(effort: Effort): Promise<GroupReport> {
  const stores = await loadOurStores()
  const on = (name: 'dynamodb' | 'redis' | 'datastore', engine: string, present: (port: number) => Promise<GroupReport>): Promise<GroupReport> =>
    withEngine(name, { present, missing: (reason) => notMeasured(engine, reason) })
  const reports = [
    await on('dynamodb', 'DynamoDB', (port) => dynamodbReads(stores, port, effort)),
    await on('redis', 'Redis', (port) => redisReads(stores, port, effort)),
    await on('datastore', 'Datastore', (port) => datastoreReads(stores, port, effort)),
    await sqliteReads(stores, effort),
  ]
  return { rows: reports.flatMap(({ rows }) => rows), details: reports.flatMap(({ details }) => details) }
}
