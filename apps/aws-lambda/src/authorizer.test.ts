import { spawnSync } from 'node:child_process'
import { authorizer, systemClock, type Principal } from '@sallyport/core'
import type { GuardOptions } from '@sallyport/guard'
import type { PolicyResponse } from '@sallyport/platform-aws-lambda'
import { describe, expect, it } from 'vitest'
import { authorizerHandler } from './authorizer-handler.ts'
import { guardConfig } from './config.ts'
import { GATEWAYS } from './gateways.ts'

const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  SALLYPORT_PUBLIC_URL: 'https://auth.example.com',
  SALLYPORT_DYNAMODB_TABLE: 'users',
  SALLYPORT_AUTHORIZER_TTL_SECONDS: '60',
  SALLYPORT_TRANSPORTS: 'bearer',
}
const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
const CALL = { awsRequestId: 'call-1' }
const NAMES = ['http-simple', 'http-policy', 'rest-token', 'rest-request'] as const

const times = { authenticatedAt: 0, asOf: 0, expiresAt: Number.MAX_SAFE_INTEGER }
const ada: Principal = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, ...times }
const parts: GuardOptions = {
  authorize: authorizer({ strategy: { check: (token) => (token === 'good' ? ada : null), checkStrictly: null }, clock: systemClock }),
  clock: systemClock,
  transports: ['bearer'],
  publicUrl: 'https://auth.example.com',
  allowedOrigins: [],
}

/** The call of `POST /posts` as each gateway makes it. */
function event(gateway: (typeof NAMES)[number], token: string) {
  const headers = { authorization: `Bearer ${token}` }
  const identity = { type: 'REQUEST', headers }
  const arn = `${STAGE}/POST/posts`
  switch (gateway) {
    case 'rest-token':
      return { type: 'TOKEN', authorizationToken: headers.authorization, methodArn: arn }
    case 'rest-request':
      return { ...identity, methodArn: arn, path: '/posts', httpMethod: 'POST', requestContext: { identity: {} } }
    case 'http-policy':
    case 'http-simple': {
      const routed = { version: '2.0', routeArn: arn, routeKey: 'POST /posts', rawPath: '/prod/posts', rawQueryString: '' }
      const identitySource = [headers.authorization, 'POST /posts']
      return { ...identity, ...routed, identitySource, requestContext: { http: { method: 'POST' }, stage: 'prod' } }
    }
  }
}

describe.each(NAMES)('the authorizer for %s', (gateway) => {
  const config = guardConfig({ ...ENVIRONMENT, SALLYPORT_AUTHORIZER_GATEWAY: gateway })
  const handler = authorizerHandler(config, GATEWAYS, parts) as (event: unknown, context: typeof CALL) => Promise<unknown>

  it('lets in whom the guard lets in, in the words of that gateway', async () => {
    const answer = await handler(event(gateway, 'good'), CALL)
    const context: unknown = expect.objectContaining({ sallyport: '2', userId: 'ada' })
    if (gateway === 'http-simple') expect(answer).toEqual({ isAuthorized: true, context })
    else {
      const Resource: unknown = expect.arrayContaining([`${STAGE}/POST/posts`])
      const Statement: unknown = expect.arrayContaining([expect.objectContaining({ Effect: 'Allow', Resource })])
      expect(answer).toEqual({ principalId: 'ada', policyDocument: { Version: '2012-10-17', Statement }, context })
    }
  })

  it('lets nobody in with a bad token', async () => {
    const answer = handler(event(gateway, 'bad'), CALL)
    if (gateway.startsWith('rest')) await expect(answer).rejects.toThrow(/^Unauthorized$/)
    else if (gateway === 'http-simple') expect(await answer).toEqual({ isAuthorized: false, context: {} })
    else {
      const { policyDocument } = (await answer) as PolicyResponse
      const allowed = policyDocument.Statement.flatMap(({ Effect, Resource }) => (Effect === 'Allow' ? Resource : []))
      expect(allowed).toEqual([`${STAGE}/GET/posts`])
    }
  })

  it('rejects the events of all gateways of another form', async () => {
    const form = (each: string): string => (each.startsWith('http') ? 'http' : each)
    for (const other of NAMES.filter((each) => form(each) !== form(gateway))) {
      const answer = await handler(event(other, 'good'), CALL).catch((error: unknown) => error)
      // A TOKEN event and a REQUEST event lack what the other kind reads, and then there is no token.
      expect(answer).toBeInstanceOf(Error)
    }
  })
})

it('makes no authorizer for a gateway that its module is not for', () => {
  const config = guardConfig({ ...ENVIRONMENT, SALLYPORT_AUTHORIZER_GATEWAY: 'http-simple' })
  expect(() => authorizerHandler(config, {}, parts)).toThrow('no gateway of the kind http-simple')
})

describe('the entry', () => {
  const start = (environment: Readonly<Record<string, string>>) =>
    spawnSync(process.execPath, ['--conditions=sallyport-source', new URL('authorizer.ts', import.meta.url).pathname], {
      env: { PATH: process.env['PATH'], ...environment },
      encoding: 'utf8',
    })

  // As bundles all eight start: authorizer-bundle.test.ts.
  it.each([
    ['jwt', 'http-simple'],
    ['session', 'http-policy'],
    ['jwt', 'rest-token'],
    ['session', 'rest-request'],
  ])('starts with the %s strategy for %s, asks nobody and needs no secret', (strategy, gateway) => {
    const chosen = { SALLYPORT_STRATEGY: strategy, SALLYPORT_AUTHORIZER_GATEWAY: gateway }
    const { status, stdout, stderr } = start({ ...ENVIRONMENT, ...chosen, AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' })
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  it.each<[string, Readonly<Record<string, string>>, string]>([
    ['no public URL', { ...ENVIRONMENT, SALLYPORT_PUBLIC_URL: '' }, 'SALLYPORT_PUBLIC_URL'],
    ['a bound above the maximum', { ...ENVIRONMENT, SALLYPORT_AUTHORIZER_TTL_SECONDS: '3600' }, 'the maximum is 900 s'],
    ['two transports under a cache', { ...ENVIRONMENT, SALLYPORT_TRANSPORTS: 'bearer,cookie' }, 'one transport only'],
    ['another strategy', { ...ENVIRONMENT, SALLYPORT_STRATEGY: 'magic' }, 'SALLYPORT_STRATEGY'],
    ['another gateway', { ...ENVIRONMENT, SALLYPORT_AUTHORIZER_GATEWAY: 'alb' }, 'SALLYPORT_AUTHORIZER_GATEWAY'],
  ])('does not start with %s', (_what, environment, message) => {
    const { status, stderr } = start(environment)
    expect(status).not.toBe(0)
    expect(stderr).toContain(message)
  })
})
