import { inProcess, openHttpTrial, plainTokens, type FaultHarness, type Faults, type KitResponse } from '@sallyport/conformance'
import { describe, expect, it } from 'vitest'
import { datastoreFaults } from '../../packages/stores/datastore/testing/fault-harness.ts'
import { withEmulator } from '../../packages/stores/datastore/testing/emulator.ts'
import { onDynamodbLocal } from '../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { dynamodbFaults } from '../../packages/stores/dynamodb/testing/fault-harness.ts'
import { TRANSPORT_NAMES } from '../../packages/stores/dynamodb/testing/transports.ts'
import { redisClusterFaults, redisFaults } from '../../packages/stores/redis/testing/fault-harness.ts'
import { withRedis } from '../../packages/stores/redis/testing/harness.ts'
import { sqliteFaults } from '../../packages/stores/sqlite/testing/fault-harness.ts'

// What people see of an outage: the application over each real store whose database refuses, throttles or hangs.

const person = { email: 'ada@example.org', password: 'correct horse battery staple' }

/** `readsGoOn`: what fails are writes only, as on SQLite, whose readers wait for no lock. */
function describeOutages(name: string, harness: FaultHarness, { readsGoOn = false } = {}): void {
  describe(`an application over ${name}`, { concurrent: harness.oneClauseAtATime !== true }, () => {
    it.each(['refused', 'throttled', 'hang'] as const)(
      'answers 503 with Retry-After within the deadline while the database is %s, and afterwards all that was acknowledged is there',
      async (kind) => {
        let faults: Faults | undefined
        const { trial, close } = await openHttpTrial(
          {
            domain: {
              stores: {
                async open(options) {
                  const opened = await harness.open(options)
                  faults = opened.faults
                  return opened
                },
              },
              tokens: plainTokens,
            },
            mount: async (handle) => ({ send: inProcess(handle), close: async () => {} }),
          },
          'session',
        )
        const send = (method: string, path: string, json: object | null, token?: string): Promise<KitResponse> =>
          trial.send({
            method,
            target: `/auth/${path}`,
            headers: {
              ...(json === null ? {} : { 'content-type': 'application/json' }),
              ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
            },
            body: json === null ? null : JSON.stringify(json),
          })
        const registered = await send('POST', 'register', person)
        expect(registered.status).toBe(201)
        const { accessToken } = JSON.parse(registered.body) as { readonly accessToken: string }
        const second = JSON.parse((await send('POST', 'login', person)).body) as { readonly accessToken: string }

        faults!.next(kind, Infinity)
        const started = performance.now()
        const during = await Promise.all([
          send('GET', 'me', null, accessToken),
          send('POST', 'login', person),
          send('POST', 'logout', null, second.accessToken),
          send('POST', 'register', { ...person, email: 'other@example.org' }),
        ])
        expect(performance.now() - started).toBeLessThan(harness.deadlineMs)
        const [reading, ...writing] = during.map(({ status, headers }) => [status, headers['retry-after']])
        expect(reading).toEqual(readsGoOn ? [200, undefined] : [503, '1'])
        expect(writing).toEqual([
          [503, '1'],
          [503, '1'],
          [503, '1'],
        ])

        faults!.clear()
        expect((await send('GET', 'me', null, accessToken)).status).toBe(200)
        expect((await send('POST', 'login', person)).status).toBe(200)
        expect((await send('POST', 'register', { ...person, email: 'third@example.org' })).status).toBe(201)
        // What was answered 503 may have happened all the same: a last try that nobody waits for any more can arrive when the database is back. Done again, it is done.
        expect((await send('POST', 'register', { ...person, email: 'other@example.org' })).status).toBeOneOf([201, 409])
        expect((await send('POST', 'logout', null, second.accessToken)).status).toBe(204)
        expect((await send('GET', 'me', null, second.accessToken)).status).toBe(401)
        await close()
      },
    )
  })
}

describeOutages('SQLite', sqliteFaults(), { readsGoOn: true })

withRedis('an application over Redis that fails', () => {
  describeOutages('Redis', redisFaults())
  describeOutages('Redis Cluster', redisClusterFaults())
})

await onDynamodbLocal(async (local) => {
  for (const name of TRANSPORT_NAMES) describeOutages(`DynamoDB by the ${name} transport`, await dynamodbFaults(local, name))
})

for (const engine of ['datastore', 'firestore'] as const) {
  await withEmulator(engine, `an application over the ${engine} emulator that fails`, async (emulator) => {
    describeOutages(`the ${engine} emulator`, await datastoreFaults(emulator))
  })
}
