import { randomBytes } from 'node:crypto'
import type { AddressInfo } from 'node:net'
import type { Application } from '@sallyport/composition'
import { guard } from '@sallyport/guard'
import type { HttpResponse } from '@sallyport/http'
import { functionLogger } from '@sallyport/logging'
import { POSTS_PAGE, type Post } from '@sallyport/sample-posts'
import { leanTransport, tableDefinition } from '@sallyport/store-dynamodb'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freshName, onDynamodbLocal } from '../../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { missingRedis, redisServer, type RedisServer } from '../../../packages/stores/redis/testing/redis-server.ts'
import { awsApplication } from './composition.ts'
import { chosenChecker } from './chosen-checker.ts'
import { apiConfig, guardConfig } from './config.ts'
import { guardParts } from './guard-composition.ts'
import { POSTS_TABLE, postsTable } from './posts-table.ts'

const { createServer } = process.getBuiltinModule('node:http')
const secret = (): string => randomBytes(32).toString('base64')
const IN_TIME = { timeoutMs: 10_000 }
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'an example' }
const log = functionLogger({ level: 'silent', write: () => {} })

/** The key set of an application where its public URL says. */
async function published(): Promise<{ readonly publicUrl: string; serve(app: Application): void; close(): void }> {
  let app: Application | null = null
  const server = createServer((message, response) => {
    void Promise.resolve(app?.http.handle(request(message.method ?? '', message.url ?? ''))).then((answer) => response.end(answer?.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const close = (): void => {
    server.closeAllConnections()
    server.close()
  }
  return { publicUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, serve: (served) => (app = served), close }
}

function request(method: string, path: string, headers: Record<string, string> = {}, json?: object): Parameters<Application['http']['handle']>[0] {
  const body = json === undefined ? null : Buffer.from(JSON.stringify(json))
  const type = json === undefined ? {} : { 'content-type': 'application/json' }
  return { method, path, query: '', headers: { ...type, ...headers }, body, address: '203.0.113.7', requestId: 'r-1' }
}

await onDynamodbLocal((local) => {
  const [users, posts] = [freshName(), freshName()]
  const transport = leanTransport({ endpoint: local.endpoint, region: 'eu-central-1', credentials: async () => CREDENTIALS })
  const missing = missingRedis()
  let redis: RedisServer | null = null

  beforeAll(async () => {
    // The SDK looks for itself.
    vi.stubEnv('AWS_ACCESS_KEY_ID', CREDENTIALS.accessKeyId)
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', CREDENTIALS.secretAccessKey)
    await transport.call('CreateTable', tableDefinition({ tableName: users }).table, IN_TIME)
    await transport.call('CreateTable', { ...POSTS_TABLE, TableName: posts }, IN_TIME)
    if (missing === null) redis = await redisServer()
  })
  afterAll(async () => {
    vi.unstubAllEnvs()
    transport.close()
    await redis?.remove()
  })

  const environmentOf = (publicUrl: string): Record<string, string> => ({
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    SALLYPORT_PUBLIC_URL: publicUrl,
    SALLYPORT_DYNAMODB_TABLE: users,
    SALLYPORT_DYNAMODB_ENDPOINT: local.endpoint,
  })
  const SECRETS = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }

  describe.each([
    ['session', 'lean', false],
    ['session', 'lean', true],
    ['jwt', 'lean', false],
    ['jwt', 'sdk', false],
  ] as const)('strategy %s, transport %s, Redis %s', (strategy, way, withRedis) => {
    it.skipIf(withRedis && missing !== null)(
      'what the API issues the guard of another function accepts, and what the API ends it refuses when asked strictly',
      async () => {
        const { publicUrl, serve, close } = await published()
        const shared = {
          ...environmentOf(publicUrl),
          SALLYPORT_STRATEGY: strategy,
          SALLYPORT_DYNAMODB_TRANSPORT: way,
          ...(withRedis ? { SALLYPORT_REDIS_URL: `redis://127.0.0.1:${redis?.port}` } : {}),
        }
        const app = await awsApplication(apiConfig({ ...shared, ...SECRETS }), log)
        serve(app)
        const decide = guard(await guardParts(guardConfig(shared), chosenChecker, { audit: async () => {}, error: log.error }))
        try {
          const email = `${freshName()}@example.com`
          const registered = await app.http.handle(request('POST', '/auth/register', {}, { email, password: 'correct horse battery staple' }))
          const { accessToken, user } = JSON.parse(registered.body) as { accessToken: string; user: { id: string } }
          expect(registered.status).toBe(201)

          const authorization = `Bearer ${accessToken}`
          const asked = { method: 'POST', headers: { authorization }, requestId: 'r-2' }
          const [signedIn, strictly] = [{ access: 'signed-in' }, { access: 'signed-in', strict: true }] as const
          expect(await decide(asked, signedIn)).toMatchObject({ allowed: true, principal: { userId: user.id } })
          expect(await decide(asked, strictly)).toMatchObject({ allowed: true, principal: { userId: user.id } })
          expect(await decide(asked, { access: 'signed-in', roles: ['editor'] })).toMatchObject({ allowed: false, refusal: 'forbidden' })

          expect((await app.http.handle(request('POST', '/auth/logout', { authorization }))).status).toBe(204)
          expect(await decide(asked, strictly)).toMatchObject({ allowed: false, refusal: 'unauthenticated' })
          // Until the revocation bound a token is good by itself; a session is over at once.
          expect((await decide(asked, signedIn)).allowed).toBe(strategy === 'jwt')
        } finally {
          close()
          await app.close()
        }
      },
    )
  })

  describe('the table of posts', () => {
    const table = postsTable({ transport, tableName: posts })
    const post = (id: string): Post => ({ id, title: 'Title', text: 'Text', authorId: 'ada', createdAt: '2026-11-28T00:00:00.000Z' })

    it('lists the newest first and no more than a page, forgets what was removed, and says whether it was there', async () => {
      expect(await table.latest()).toEqual([])
      const ids = Array.from({ length: POSTS_PAGE + 2 }, (_, index) => String(index).padStart(15, '0'))
      for (const id of ids.toReversed()) await table.add(post(id))
      await table.add(post(ids[0]!))
      expect((await table.latest()).map(({ id }) => id)).toEqual(ids.slice(0, POSTS_PAGE))
      expect(await table.remove(ids[0]!)).toBe(true)
      expect(await table.remove(ids[0]!)).toBe(false)
      expect((await table.latest())[0]).toEqual(post(ids[1]!))
    })

    it('that is not there is an outage', async () => {
      const none = postsTable({ transport, tableName: freshName() })
      for (const attempt of [() => none.latest(), () => none.add(post('1')), () => none.remove('1')])
        await expect(attempt()).rejects.toMatchObject({ code: 'store-unavailable' })
    })
  })
})

it('no store is asked at the start, and an outage is 503', async () => {
  const environment = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    SALLYPORT_PUBLIC_URL: 'https://auth.example.com',
    SALLYPORT_DYNAMODB_TABLE: 'users',
    SALLYPORT_DYNAMODB_ENDPOINT: 'http://127.0.0.1:1',
    SALLYPORT_STRATEGY: 'session',
  }
  const SECRETS = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }
  const app = await awsApplication(apiConfig({ ...environment, ...SECRETS }), log)
  const health: HttpResponse = await app.http.handle(request('GET', '/healthz'))
  expect(health.status).toBe(200)
  const login = await app.http.handle(request('POST', '/auth/login', {}, { email: 'ada@example.com', password: 'correct horse battery staple' }))
  expect(login).toMatchObject({ status: 503, headers: { 'retry-after': expect.stringMatching(/^[1-9]/) as string } })
  await app.close()
})
