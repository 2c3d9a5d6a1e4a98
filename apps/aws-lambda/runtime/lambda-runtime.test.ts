import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { onDynamodbLocal } from '../../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { authorizerModule } from '../templates/functions.ts'
import { builtFunctions } from '../testing/built-functions.ts'
import { apiEvent, httpAuthorizerEvent, tokenAuthorizerEvent } from '../testing/gateway-events.ts'
import { runtimeClient } from '../testing/install-runtime.ts'
import { startFunction, type RunningFunction } from '../testing/lambda-runtime.ts'
import { freshSecrets, freshTables, type Tables } from '../testing/tables.ts'

const { modules, missing } = runtimeClient()
const PASSWORD = 'harbour walnut lantern'

interface Answer {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

await onDynamodbLocal(({ endpoint }) => {
  if (missing !== null) return it(`the functions in Lambda's runtime: ${missing}`, ({ skip }) => skip(missing))

  describe("the functions in Lambda's runtime", () => {
    const built = builtFunctions()
    afterAll(() => built.remove())
    let running: RunningFunction[] = []
    let tables: Tables
    beforeAll(async () => {
      tables = await freshTables(endpoint)
    })
    afterAll(() => tables.close())
    beforeEach(() => {
      running = []
    })
    afterEach(async () => {
      await Promise.all(running.map((each) => each.stop()))
    })

    const start = async (name: 'api' | 'authorizer' | 'posts', environment: Readonly<Record<string, string>>): Promise<RunningFunction> => {
      const front = environment['SALLYPORT_AUTHORIZER_GATEWAY'] === 'rest-token' ? 'rest-api' : 'http-api'
      const { SALLYPORT_POSTS_TABLE: postsTable = '', ...place } = tables.environment
      const started = await startFunction({
        modules,
        taskRoot: join(built.folder, name),
        handler: `${name === 'authorizer' ? authorizerModule('session', front) : 'index'}.handler`,
        environment: {
          ...place,
          ...(name === 'posts' ? { SALLYPORT_POSTS_TABLE: postsTable } : {}),
          NODE_ENV: 'production',
          SALLYPORT_STRATEGY: 'session',
          SALLYPORT_PUBLIC_URL: 'https://auth.example.com',
          SALLYPORT_TRANSPORTS: 'bearer',
          SALLYPORT_AUTHORIZER_TTL_SECONDS: '60',
          ...environment,
        },
      })
      running.push(started)
      return started
    }
    const call = async (api: RunningFunction, target: string, init: Parameters<typeof apiEvent>[1] = {}): Promise<Answer> => {
      const outcome = await api.invoke(apiEvent(target, init))
      if ('error' in outcome) throw new Error(outcome.error.errorMessage)
      return outcome.answer as Answer
    }
    const register = async (email: string): Promise<string> => {
      const api = await start('api', freshSecrets())
      const { statusCode, body } = await call(api, 'POST /auth/register', { json: { email, password: PASSWORD } })
      expect(statusCode).toBe(201)
      return (JSON.parse(body) as { accessToken: string }).accessToken
    }

    it('answer an event after a cold start and the next one warm', async () => {
      const api = await start('api', freshSecrets())
      const { statusCode, body } = await call(api, 'POST /auth/register', { json: { email: 'ada@example.com', password: PASSWORD } })
      expect(statusCode).toBe(201)
      const { accessToken } = JSON.parse(body) as { accessToken: string }
      expect(JSON.parse((await call(api, 'GET /auth/me', { token: accessToken })).body)).toMatchObject({ user: { email: 'ada@example.com' } })
      expect((await call(api, 'GET /auth/me')).statusCode).toBe(401)
    })

    it('report an event that no gateway sends as an error of the invocation, and go on', async () => {
      const api = await start('api', freshSecrets())
      expect(await api.invoke({ not: 'an event' })).toHaveProperty('error.errorType')
      expect((await call(api, 'GET /healthz')).statusCode).toBe(200)
    })

    it('end at a wrong configuration, which is named, before any event', async () => {
      const secrets = freshSecrets()
      const { initError, output } = await start('api', { ...secrets, SALLYPORT_PASSWORD_PEPPER: '', SALLYPORT_STRATEGY: 'both' })
      const { errorType, errorMessage } = await initError
      expect(errorType).toBe('ConfigurationError')
      expect(errorMessage).toContain('SALLYPORT_STRATEGY must be `jwt` or `session`')
      expect(errorMessage).toContain('SALLYPORT_PASSWORD_PEPPER must be set')
      for (const value of Object.values(secrets)) expect(`${errorMessage} ${output()}`).not.toContain(value)
    })

    it.each([
      ['authorizer', { SALLYPORT_AUTHORIZER_TTL_SECONDS: '3600' }, 'the maximum is 900 s'],
      ['authorizer', { SALLYPORT_TRANSPORTS: 'bearer,cookie' }, 'by one transport only'],
      ['posts', { SALLYPORT_PUBLIC_URL: 'http://auth.example.com' }, 'https in production'],
    ] as const)('end at a configuration that would let somebody in for too long or unseen: %s with %j', async (name, environment, message) => {
      const { initError } = await start(name, environment)
      expect((await initError).errorMessage).toContain(message)
    })

    it('the authorizer of an HTTP API says yes to who is signed in, and no for everything else', async () => {
      const token = await register('grace@example.com')
      const authorizer = await start('authorizer', { SALLYPORT_AUTHORIZER_GATEWAY: 'http-simple' })
      const ask = async (routeKey: string, path: string, bearer: string) => authorizer.invoke(httpAuthorizerEvent(routeKey, path, bearer))
      expect(await ask('POST /posts', '/posts', token)).toMatchObject({ answer: { isAuthorized: true, context: {} } })
      expect(await ask('DELETE /posts/{id}', '/posts/7', token)).toEqual({ answer: { isAuthorized: false, context: {} } })
      expect(await ask('POST /posts', '/posts', `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`)).toMatchObject({
        answer: { isAuthorized: false },
      })
      // The route answers, and the path is not the one that was declared.
      expect(await ask('POST /posts', '/posts/', token)).toHaveProperty('error')
      expect(await ask('$default', '/elsewhere', token)).toHaveProperty('error')
    })

    it('the authorizer of a REST API answers with a policy for the stage, and with Unauthorized to nobody', async () => {
      const token = await register('joan@example.com')
      const authorizer = await start('authorizer', { SALLYPORT_AUTHORIZER_GATEWAY: 'rest-token' })
      const arn = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/v1'
      const answer = await authorizer.invoke(tokenAuthorizerEvent(`${arn}/POST/posts`, `Bearer ${token}`))
      expect(answer).toMatchObject({ answer: { policyDocument: { Statement: [{ Effect: 'Allow' }, { Effect: 'Deny' }] } } })
      expect(JSON.stringify(answer)).not.toContain(token)
      const [allow, deny] = (answer as { answer: { policyDocument: { Statement: { Resource: string[] }[] } } }).answer.policyDocument.Statement
      expect(allow?.Resource).toEqual([`${arn}/GET/posts`, `${arn}/POST/posts`])
      expect(deny?.Resource).toContain(`${arn}/DELETE/posts/*`)
      const nobody = await authorizer.invoke(tokenAuthorizerEvent(`${arn}/POST/posts`, 'Bearer nothing'))
      expect(nobody).toMatchObject({ error: { errorMessage: 'Unauthorized' } })
    })

    it('the authorizer answers an event of another gateway with an error, and lets nobody pass', async () => {
      const token = await register('mary@example.com')
      const authorizer = await start('authorizer', { SALLYPORT_AUTHORIZER_GATEWAY: 'http-simple' })
      const arn = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/v1/POST/posts'
      expect(await authorizer.invoke(tokenAuthorizerEvent(arn, `Bearer ${token}`))).toHaveProperty('error')
    })

    it('the authorizer refuses as undecided, while the table cannot be reached', async () => {
      const token = await register('lise@example.com')
      const authorizer = await start('authorizer', { SALLYPORT_DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' })
      const answer = await authorizer.invoke(httpAuthorizerEvent('POST /posts', '/posts', token))
      expect(answer).toMatchObject({ error: { errorMessage: 'The authorizer could not decide: unavailable' } })
    })

    it('the guarded function lets a page of an allowed origin ask first, without a credential, and read what it gets', async () => {
      const app = 'https://app.example.com'
      const posts = await start('posts', { SALLYPORT_ALLOWED_ORIGINS: app })
      const announcing = { origin: app, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' }
      const preflight = await call(posts, 'OPTIONS /posts', { headers: announcing })
      expect([preflight.statusCode, preflight.headers]).toMatchObject([
        204,
        { 'access-control-allow-origin': app, 'access-control-allow-headers': 'authorization,content-type' },
      ])
      expect(await call(posts, 'GET /posts', { headers: { origin: app } })).toMatchObject({
        statusCode: 200,
        headers: { 'access-control-allow-origin': app },
      })
      expect((await call(posts, 'GET /posts', { headers: { origin: 'https://evil.example' } })).headers).not.toHaveProperty(
        'access-control-allow-origin',
      )
    })

    it('the function behind believes the whole context of the authorizer, judges it again, and asks for the token where there is none', async () => {
      const token = await register('emmy@example.com')
      const authorizer = await start('authorizer', {})
      const said = await authorizer.invoke(httpAuthorizerEvent('POST /posts', '/posts', token))
      const { context } = (said as { answer: { context: Record<string, unknown> } }).answer
      const posts = await start('posts', { SALLYPORT_AUTHORIZER_CONTEXT: 'true' })
      const json = { title: 'A title', text: 'A text' }
      const created = await call(posts, 'POST /posts', { json, context })
      expect(created.statusCode).toBe(201)
      const { id, authorId } = JSON.parse(created.body) as { id: string; authorId: string }
      expect(authorId).toBe(context['userId'])
      const remove = { template: '/posts/{id}' }
      expect((await call(posts, `DELETE /posts/${id}`, { ...remove, context })).statusCode).toBe(403)
      expect((await call(posts, 'POST /posts', { json, token })).statusCode).toBe(201)
      expect((await call(posts, 'POST /posts', { json })).statusCode).toBe(401)
      const { userId: _user, ...incomplete } = context
      expect((await call(posts, 'POST /posts', { json, context: incomplete })).statusCode).toBe(401)
      // A route whose path is not the declared one has passed no authorizer.
      expect((await call(posts, 'POST /posts/', { json, token, template: '/posts' })).statusCode).toBe(404)
    })

    it('a session that has ended is refused by the next check', async () => {
      const api = await start('api', freshSecrets())
      const registered = await call(api, 'POST /auth/register', { json: { email: 'hedy@example.com', password: PASSWORD } })
      const { accessToken } = JSON.parse(registered.body) as { accessToken: string }
      const authorizer = await start('authorizer', {})
      expect(await authorizer.invoke(httpAuthorizerEvent('POST /posts', '/posts', accessToken))).toMatchObject({ answer: { isAuthorized: true } })
      expect((await call(api, 'POST /auth/logout', { token: accessToken })).statusCode).toBe(204)
      expect(await authorizer.invoke(httpAuthorizerEvent('POST /posts', '/posts', accessToken))).toMatchObject({ answer: { isAuthorized: false } })
    })
  })
})
