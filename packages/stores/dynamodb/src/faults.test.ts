import { inspect } from 'node:util'
import { SallyportError, type Stores } from '@sallyport/core'
import { afterAll, describe, expect, it } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { faultProxy, type Fault, type Rule } from '../testing/fault-proxy.ts'
import { createdTable } from '../testing/harness.ts'
import { changed, clock, identity, session, signingKey, user } from '../testing/samples.ts'
import type { Scenario } from '../testing/scenario.ts'
import { scenarios } from '../testing/scenarios.ts'
import { sessionScenarios } from '../testing/session-scenarios.ts'
import { userScenarios } from '../testing/user-scenarios.ts'
import { TABLE_NAME, TRANSPORT_NAMES, TRANSPORTS, type TransportName } from '../testing/transports.ts'
import { dynamodbStores } from './dynamodb-stores.ts'

const conflict = { Code: 'TransactionConflict' }
const none = { Code: 'None' }
const cancelled = (...reasons: readonly object[]): Fault => ({ refuse: 'TransactionCanceledException', reasons })

/** Faults that pass, and whether the request may have taken effect. */
const PASSING: readonly (readonly [name: string, fault: Fault, lost: boolean])[] = [
  ['never reached', 'unreached', false],
  ['answer lost', 'lost', true],
  ['answer cut', 'cut', true],
  // True on a busy machine: the next one may take too long as well.
  ['no answer, without effect', 'hang', true],
  ['no answer, with effect', 'hang-after', true],
  ['throttled', { refuse: 'ThrottlingException' }, false],
  ['beyond its capacity', { refuse: 'ProvisionedThroughputExceededException' }, false],
  ['internal error', { refuse: 'InternalServerError', status: 500 }, false],
  ['conflict with a transaction', { refuse: 'TransactionConflictException' }, false],
  ['a proxy says 503', { refuse: '', status: 503 }, false],
]

await onDynamodbLocal(async (local) => {
  const proxy = await faultProxy(local.port)
  const opened: Stores[] = []
  afterAll(async () => {
    await Promise.all(opened.map((stores) => stores.close()))
    proxy.close()
  })

  interface Trial {
    readonly stores: Stores
    /** The same past the proxy: prepares, and looks at what became of it. */
    readonly calm: Stores
    readonly keyPrefix: string
  }

  /** A store of its own behind the proxy. */
  async function trial(name: TransportName, { prepare }: Pick<Scenario, 'prepare'>, times = {}): Promise<Trial> {
    await createdTable(local)
    const keyPrefix = `${freshName()}/`
    const options = { table: { tableName: TABLE_NAME, keyPrefix }, clock, requestTimeoutMs: 8000, deadlineMs: 20_000 }
    const calm = dynamodbStores({ ...options, transport: TRANSPORTS[name](local.endpoint) })
    const stores = dynamodbStores({ ...options, transport: TRANSPORTS[name](proxy.endpoint), ...times })
    opened.push(calm, stores)
    await prepare(calm)
    return { stores, calm, keyPrefix }
  }

  const nth =
    (index: number, fault: Fault): Rule =>
    (call) =>
      call.nth === index ? fault : null

  for (const name of TRANSPORT_NAMES) {
    describe(`over the ${name} transport`, () => {
      for (const [fault, sent, lost] of PASSING) {
        it(`one request, ${fault}, changes no answer`, { timeout: 60_000 }, async () => {
          await Promise.all(
            scenarios.flatMap((scenario) =>
              scenario.requests.map(async (_, index) => {
                const { stores, calm, keyPrefix } = await trial(name, scenario, isHang(sent) ? { requestTimeoutMs: 700 } : {})
                proxy.watch(keyPrefix, nth(index, sent))
                const answer = await scenario.act(stores).catch((error: unknown) => {
                  if (lost && SallyportError.is(error)) return error.code
                  throw error
                })
                const label = `${scenario.name}, request ${index}`
                if (lost && 'afterLoss' in scenario) expect([scenario.answer, scenario.afterLoss], label).toContainEqual(answer)
                else expect(answer, label).toEqual(scenario.answer)
                expect(await scenario.holds(calm), label).toBe(true)
              }),
            ),
          )
        })
      }

      for (const [fault, sent] of [
        ['does not answer', 'hang'],
        ['breaks connections', 'unreached'],
        ['throttles', { refuse: 'ThrottlingException' }],
        ['loses every answer', 'lost'],
        ['refuses our rights', { refuse: 'AccessDeniedException' }],
      ] as const) {
        it(`a service that ${fault} is unavailable within the deadline, and all is well when it is back`, { timeout: 60_000 }, async () => {
          await Promise.all(
            scenarios.map(async (scenario) => {
              const { stores, calm, keyPrefix } = await trial(name, scenario, { deadlineMs: 500, requestTimeoutMs: 200 })
              proxy.watch(keyPrefix, () => sent)
              const began = performance.now()
              const error: unknown = await scenario.act(stores).then(
                (answer) => expect.fail(`${scenario.name} answered ${JSON.stringify(answer)}`),
                (reason: unknown) => reason,
              )
              expect(performance.now() - began, scenario.name).toBeLessThan(10_000)
              expect(error, scenario.name).toMatchObject({ code: 'store-unavailable', retryAfterSeconds: 1 })
              expect(inspect(error, { depth: 9 })).not.toMatch(/secret|token-hash|sealed|ada@|an example/)
              // The service is back. (Past the proxy: what it has not read yet of the time before must not land now.)
              const answer = await scenario.act(calm)
              // What took effect unheard answers otherwise when it is asked for again, and leads to the same.
              if (fault !== 'loses every answer') expect(answer, scenario.name).toEqual(scenario.answer)
              expect(await scenario.holds(calm), scenario.name).toBe(true)
            }),
          )
        })
      }

      it('the same connections work again after an outage, and so do new ones', async () => {
        const { stores, keyPrefix } = await trial(name, sessionScenarios[0]!, { deadlineMs: 500, requestTimeoutMs: 250 })
        for (const fault of ['hang', 'unreached', 'cut'] as const) {
          proxy.watch(keyPrefix, () => fault)
          await expect(Promise.all(Array.from({ length: 5 }, () => stores.sessions.find(user.id, session.id)))).rejects.toMatchObject({
            code: 'store-unavailable',
          })
          proxy.watch(keyPrefix)
          await expect.poll(() => stores.sessions.find(user.id, session.id).catch(() => 'still down'), { timeout: 10_000 }).toBeNull()
        }
      })

      it('a cancelled transaction is tried again for each reason that passes, alone and mixed', async () => {
        const passing = [conflict, { Code: 'ThrottlingError' }, { Code: 'ProvisionedThroughputExceeded' }]
        const transactions = [...userScenarios, ...sessionScenarios].filter(({ requests }) => requests.includes('TransactWriteItems'))
        // What stands behind an item whose fate is open says nothing: the condition may have met an effect of this very attempt.
        const mixed = passing.flatMap((reason) => [
          [reason, none],
          [none, reason],
          [reason, { Code: 'ConditionalCheckFailed' }],
          [reason, conflict],
        ])
        await Promise.all(
          transactions.flatMap((scenario) =>
            mixed.map(async (reasons) => {
              const { stores, keyPrefix } = await trial(name, scenario)
              proxy.watch(keyPrefix, nth(scenario.requests.indexOf('TransactWriteItems'), cancelled(...reasons)))
              expect(await scenario.act(stores), `${scenario.name} ${JSON.stringify(reasons)}`).toEqual(scenario.answer)
              expect(await scenario.holds(stores)).toBe(true)
            }),
          ),
        )
      })

      it('a condition that failed before the item whose fate is open is final', async () => {
        const { stores, keyPrefix } = await trial(name, { prepare: async () => {} })
        const met = (item: object): object => ({ Code: 'ConditionalCheckFailed', Item: item })
        const held = { user: { S: '{}' }, version: { N: '7' }, identities: { M: {} }, attemptId: { S: 'other' } }
        proxy.watch(keyPrefix, () => cancelled(met(held), conflict))
        expect(await stores.users.create(user, identity)).toBe('identity-taken')
        expect(await stores.users.replace({ user: changed, identity: null, attemptId: 'own' })).toBe('changed-meanwhile')
        proxy.watch(keyPrefix, () => cancelled({ Code: 'ConditionalCheckFailed' }, conflict))
        expect(await stores.users.replace({ user: changed, identity: null, attemptId: 'own' })).toBe('absent')
      })

      it('a value that DynamoDB refuses is our mistake, and no outage', async () => {
        const { stores, keyPrefix } = await trial(name, { prepare: async () => {} })
        for (const fault of [
          cancelled({ Code: 'ValidationError' }, none),
          cancelled(none, { Code: 'ItemCollectionSizeLimitExceeded' }),
          { refuse: 'ValidationException' },
        ]) {
          proxy.watch(keyPrefix, () => fault)
          await expect(stores.users.create(user, identity)).rejects.toMatchObject({ code: 'invariant' })
        }
      })

      it('what a batch leaves unprocessed is done again until nothing is left', async () => {
        const count = 60
        const { stores, keyPrefix } = await trial(name, {
          prepare: async ({ users, sessions }) => {
            for (let index = 0; index < count; index++) await sessions.create({ ...session, id: `session-${index}` })
            for (let index = 0; index < 9; index++)
              await users.create({ ...user, id: `u${index}` }, { ...identity, userId: `u${index}`, key: `k${index}` })
          },
        })
        const watch = proxy.watch(keyPrefix, ({ operation }) => (operation.startsWith('Batch') ? 'half' : null))
        expect((await stores.users.list({ limit: 9, cursor: null })).users).toHaveLength(9)
        expect(watch.operations.filter((operation) => operation === 'BatchGetItem').length).toBeGreaterThan(3)
        expect(await stores.sessions.endAll({ userId: user.id, floor: 2, except: null })).toBe(count)
        expect(await stores.sessions.list({ userId: user.id, limit: 100, cursor: null })).toEqual({ sessions: [], cursor: null })
      })

      it('nothing is left out when DynamoDB answers in small pages', async () => {
        const { stores, keyPrefix } = await trial(name, {
          prepare: async ({ sessions, keys, users }) => {
            for (let index = 0; index < 7; index++) {
              await sessions.create({ ...session, id: `session-${index}` })
              await keys.insert({ ...signingKey, kid: `kid-${index}`, generation: index + 1 })
              await users.create({ ...user, id: `u${index}` }, { ...identity, userId: `u${index}`, key: `k${index}` })
            }
          },
        })
        proxy.watch(keyPrefix, () => 'small-pages')
        expect(await stores.keys.list()).toHaveLength(7)
        expect((await stores.users.list({ limit: 100, cursor: null })).users).toHaveLength(7)
        expect((await stores.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions).toHaveLength(7)
        await stores.sessions.rewriteClaims(user.id, { ...session.claims, version: 9 })
        const { sessions } = await stores.sessions.list({ userId: user.id, limit: 100, cursor: null })
        expect(sessions.map(({ claims }) => claims.version)).toEqual([9, 9, 9, 9, 9, 9, 9])
        expect(await stores.sessions.endAll({ userId: user.id, floor: 2, except: 'session-3' })).toBe(6)
      })

      it('no decision is taken from the index: without it only the list of users fails', async () => {
        await Promise.all(
          scenarios
            .filter(({ name: call }) => call !== 'users.list')
            .map(async (scenario) => {
              const { stores, keyPrefix } = await trial(name, scenario)
              proxy.watch(keyPrefix, ({ body }) => (body.includes('IndexName') ? { refuse: 'ValidationException' } : null))
              expect(await scenario.act(stores), scenario.name).toEqual(scenario.answer)
            }),
        )
      })
    })
  }
})

function isHang(fault: Fault): boolean {
  return fault === 'hang' || fault === 'hang-after'
}
