import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { afterAll, describe, expect, test } from 'vitest'
import { bundles } from '../testing/bundles.ts'

const { text, files, invoke, remove } = bundles()
afterAll(remove)

const chunk = (name: string, prefix: string): string => files(name).find((file) => file.startsWith(prefix)) ?? expect.fail(`${name} has no ${prefix}`)

/** What is read before the first request: the entry, what it imports, and the chunks of the strategy. */
function coldFiles(name: string, file = 'index.mjs', found: Set<string> = new Set()): ReadonlySet<string> {
  if (found.has(file)) return found
  found.add(file)
  for (const [, next = ''] of text(name, file).matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g)) coldFiles(name, next, found)
  return found
}

function coldStart(name: string, chunks: readonly string[]): ReadonlySet<string> {
  const found = new Set(coldFiles(name))
  for (const each of chunks) for (const file of coldFiles(name, chunk(name, each))) found.add(file)
  return found
}

const gzipped = (name: string, which: ReadonlySet<string>): number =>
  [...which].reduce((sum, file) => sum + gzipSync(text(name, file), { level: 9 }).length, 0)

const httpEvent = (method: string, path: string, headers: object = {}): object => ({
  version: '2.0',
  routeKey: '$default',
  rawPath: path,
  rawQueryString: '',
  headers,
  requestContext: { requestId: 'q', stage: '$default', http: { method, sourceIp: '203.0.113.7' } },
})

const AUTHORIZERS = ['http-simple', 'http-policy', 'rest'].flatMap((gateway) => ['jwt', 'session'].map((strategy) => `${strategy}-${gateway}`))
/** What is read before the first request, and the most that it may be. */
const COLD_STARTS: readonly (readonly [string, string, ReadonlySet<string>, number])[] = [
  // Measured 53.1.
  ['api', 'whatever the strategy', coldStart('api', []), 60],
  // Measured 24.1 and, where nothing of the store is read until a strict rule, 29.2 with the table of the posts.
  ['posts', 'session', coldStart('posts', ['session-checker']), 25],
  ['posts', 'jwt', coldStart('posts', ['key-set-checker']), 30],
  // Measured 11.0, 11.9 and 11.3 in the jwt strategy, 13.4, 14.3 and 13.7 in the session strategy.
  ...AUTHORIZERS.map((each) => ['authorizer', each, new Set([`${each}.mjs`]), each.startsWith('jwt') ? 12 : 15] as const),
  ['authorizer', 'the choice among them', new Set(['index.mjs']), 0.3],
]

describe.each(COLD_STARTS)('the cold start of %s (%s)', (name, _which, read, kilobytes) => {
  test(`reads at most ${kilobytes} kB, gzip`, () => {
    expect(gzipped(name, read) / 1000).toBeLessThanOrEqual(kilobytes)
  })

  test('reads neither the SDK nor Redis nor passwords that are common, and no prose of documents', () => {
    for (const file of read) {
      expect(file).not.toMatch(/dynamodb-sdk|redis-sessions|common-passwords|open-api|bcrypt-worker/)
      expect(text(name, file)).not.toMatch(/DynamoDBClient|ioredis|Losing it signs everybody out/)
    }
  })

  test('brings no adapter of another cloud, and nothing that loads undici', () => {
    for (const file of read) {
      expect(text(name, file)).not.toMatch(/node:sqlite|@google-cloud|@azure/)
      expect(text(name, file)).not.toMatch(/\bnew (?:Request|Response|Headers)\b|(?<![.\w])fetch\(/)
      expect(text(name, file)).not.toMatch(/(?:from|import)\s*["'](?:node:)?https?["']/)
    }
  })
})

/** Both strategies as an authorizer knows them, in the fewest words. */
const STRATEGIES = {
  jwt: `import { sallyportIssuer } from '@sallyport/tokens'
    const strategy = sallyportIssuer({ publicUrl: 'https://auth.example.com', audience: 'api', clock: systemClock })`,
  session: `import { awsCredentials, dynamodbSessions, leanTransport } from '@sallyport/store-dynamodb'
    const transport = leanTransport({ region: 'eu-central-1', credentials: awsCredentials({ environment: process.env }) })
    const sessions = dynamodbSessions({ transport, table: { tableName: 'users' }, clock: systemClock })
    const strategy = sessionChecker({ sessions, clock: systemClock, roleScopes: {} })`,
}

describe.each([
  // Measured 9.9, 12.0, 12.0 and 14.1, with every sentence and the planner of policies, and without a configuration and log lines.
  ['jwt', 'simple-authorizer', 'httpSimpleAuthorizer', 10.5],
  ['jwt', 'policy-authorizers', 'restRequestAuthorizer', 12.5],
  ['session', 'simple-authorizer', 'httpSimpleAuthorizer', 12.5],
  ['session', 'policy-authorizers', 'restRequestAuthorizer', 15],
] as const)('an authorizer by itself (%s, %s)', (strategy, subpath, authorizer, kilobytes) => {
  test(`has at most ${kilobytes} kB, gzip, in one file`, async () => {
    const contents = `import { authorizer, sessionChecker, systemClock } from '@sallyport/core'
      import { ${authorizer} } from '@sallyport/platform-aws-lambda/${subpath}'
      ${STRATEGIES[strategy]}
      export const handler = ${authorizer}({ authorize: authorizer({ strategy, clock: systemClock }), clock: systemClock, transports: ['bearer'] })`
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: import.meta.dirname, loader: 'js' },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'node',
      target: 'node24',
      conditions: ['sallyport-source'],
      external: ['@aws-sdk/*'],
      write: false,
    })
    const [{ text: bundled } = { text: '' }] = outputFiles
    expect(bundled).toContain(strategy === 'jwt' ? '/.well-known/jwks.json' : 'DynamoDB_20120810')
    expect(gzipSync(bundled, { level: 9 }).length / 1000).toBeLessThanOrEqual(kilobytes)
  })
})

test('an authorizer and a guarded function have neither the container nor anything of passwords', () => {
  const ofTheApi = ['No binding for', 'sallyport-bcrypt', 'argon2id$']
  for (const each of ofTheApi) expect(text('api')).toContain(each)
  for (const name of ['authorizer', 'posts']) {
    for (const file of files(name)) for (const each of ofTheApi) expect(text(name, file).includes(each), `${name}/${file} has ${each}`).toBe(false)
  }
})

describe('as Lambda starts them', () => {
  test('the API answers, and undici is not loaded', () => {
    for (const strategy of ['session', 'jwt']) {
      const { answer, undici } = invoke('api', httpEvent('GET', '/healthz'), { SALLYPORT_STRATEGY: strategy })
      expect(answer).toMatchObject({ statusCode: 200 })
      expect(undici).toBe(false)
    }
  })

  test('the API loads by itself what only some requests need', () => {
    expect(invoke('api', httpEvent('GET', '/openapi.json')).answer).toMatchObject({ statusCode: 200 })
    const password = {
      ...httpEvent('POST', '/auth/register', { 'content-type': 'application/json' }),
      body: '{"email":"ada@example.com","password":"passwordpassword"}',
    }
    // The limits are asked first, and their store is not there.
    expect(invoke('api', password, { SALLYPORT_DYNAMODB_TRANSPORT: 'sdk' }).answer).toMatchObject({ statusCode: 503 })
    expect(invoke('api', password, { SALLYPORT_RATE_LIMITS: 'off' }).answer).toMatchObject({
      statusCode: 422,
      body: expect.stringContaining('common') as string,
    })
    const signedIn = httpEvent('GET', '/auth/me', { authorization: `Bearer ${'a'.repeat(22)}.${'b'.repeat(22)}.${'c'.repeat(43)}` })
    expect(invoke('api', signedIn, { SALLYPORT_STRATEGY: 'session', SALLYPORT_REDIS_URL: 'redis://127.0.0.1:1' }).answer).toMatchObject({
      statusCode: expect.toBeOneOf([401, 503]) as number,
    })
  })

  test('a guarded function refuses and is honest about an outage, and undici is not loaded', () => {
    for (const strategy of ['session', 'jwt']) {
      const environment = { SALLYPORT_STRATEGY: strategy }
      const nobody = invoke('posts', httpEvent('POST', '/posts'), environment)
      expect(nobody).toMatchObject({ answer: { statusCode: 401 }, undici: false })
      expect(invoke('posts', httpEvent('GET', '/posts'), environment)).toMatchObject({ answer: { statusCode: 503 }, undici: false })
      expect(invoke('posts', httpEvent('GET', '/posts/'), environment)).toMatchObject({ answer: { statusCode: 404 }, undici: false })
    }
  })

  test('a configuration that is wrong is no start', () => {
    expect(() => invoke('posts', httpEvent('GET', '/posts'), { SALLYPORT_STRATEGY: 'magic' })).toThrow('SALLYPORT_STRATEGY')
  })
})
