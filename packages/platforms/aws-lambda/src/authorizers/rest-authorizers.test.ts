import { ConfigurationError, StoreUnavailableError, type RecordAudit, type Rule, type SignedInRule } from '@sallyport/core'
import { vouchedIn, type ProtectedRoute } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { guardParts, principal, revocation } from '../../testing/guard-parts.ts'
import { iamAllows } from '../../testing/iam.ts'
import { restRequestAuthorizer, restTokenAuthorizer, type RestAuthorizerOptions } from './rest-authorizers.ts'

const STAGE = 'arn:aws-cn:execute-api:cn-north-1:123456789012:abcdef1234/prod'
const arn = (target: string): string => `${STAGE}/${target.replace(' ', '')}`
const CALL = { awsRequestId: 'call-1' }
const ADA = principal('ada', ['editor'])
const signedIn: Rule = { access: 'signed-in' }
const editor: Rule = { access: 'signed-in', roles: ['editor'] }
const routes: readonly ProtectedRoute[] = [
  { method: 'GET', path: '/posts', rule: { access: 'public' } },
  { method: 'POST', path: '/posts', rule: signedIn },
  { method: 'DELETE', path: '/posts/{id}', rule: editor },
]
const settings = { routes, ttlSeconds: 300, recheckedBehind: false, undeclaredPaths: 'denied', revocation } as const

function options(changes: Partial<RestAuthorizerOptions> = {}) {
  const parts = guardParts({ ada: ADA, bob: principal('bob') })
  return { ...parts, ...settings, ...changes }
}

const byToken = (authorizationToken: string | undefined, target: string) =>
  ({ type: 'TOKEN', methodArn: arn(target), ...(authorizationToken === undefined ? {} : { authorizationToken }) }) as const
const byRequest = (headers: Readonly<Record<string, readonly string[]>>, target: string) =>
  ({
    type: 'REQUEST',
    methodArn: arn(target),
    path: '/',
    httpMethod: 'GET',
    multiValueHeaders: headers,
    requestContext: { identity: {} },
  }) as const

describe('an authorizer of a REST API', () => {
  it('answers with one policy for the whole stage, whatever was called, in the partition that called', async () => {
    const authorizer = restTokenAuthorizer(options())
    const [first, second] = [
      await authorizer(byToken('Bearer bob', 'GET /posts'), CALL),
      await authorizer(byToken('Bearer bob', 'DELETE /posts/7'), CALL),
    ]
    expect(first).toEqual(second)
    expect(['GET /posts', 'POST /posts', 'DELETE /posts/7'].map((target) => iamAllows(first.policyDocument, arn(target)))).toEqual([
      true,
      true,
      false,
    ])
    expect(iamAllows((await authorizer(byToken('Bearer ada', 'GET /posts'), CALL)).policyDocument, arn('DELETE /posts/7'))).toBe(true)
  })

  it('hands a flat context on, from which the principal can be read again, and no token', async () => {
    const answer = await restTokenAuthorizer(options())(byToken('Bearer ada', 'GET /posts'), CALL)
    expect(answer.principalId).toBe('ada')
    expect(vouchedIn(answer.context)?.principal).toEqual(ADA)
    expect(Object.values(answer.context).every((value) => ['string', 'number', 'boolean'].includes(typeof value))).toBe(true)
    expect(JSON.stringify(answer)).not.toContain('Bearer')
    expect(answer).not.toHaveProperty('usageIdentifierKey')
  })

  it.each([undefined, '', 'Bearer', 'Bearer nobody', 'ada', 'Basic ada'])('throws exactly Unauthorized for the token %j', async (token) => {
    await expect(restTokenAuthorizer(options())(byToken(token, 'POST /posts'), CALL)).rejects.toThrow(/^Unauthorized$/)
    const headers = token === undefined ? {} : { Authorization: [token] }
    await expect(restRequestAuthorizer(options())(byRequest(headers, 'POST /posts'), CALL)).rejects.toThrow(/^Unauthorized$/)
  })

  it('sees a header that comes in two spellings as one that comes twice', async () => {
    const twice = byRequest({ Authorization: ['Bearer ada'], authorization: ['Bearer ada'] }, 'POST /posts')
    await expect(restRequestAuthorizer(options())(twice, CALL)).rejects.toThrow(/^Unauthorized$/)
  })

  it('rejects with another error while the store does not answer, tells why, and lets nobody in', async () => {
    const parts = options()
    await expect(restTokenAuthorizer(parts)(byToken('Bearer down', 'POST /posts'), CALL)).rejects.toThrow('could not decide: unavailable')
    expect(parts.reported).toHaveLength(1)
  })

  it('rejects with another error when the check of a token is broken', async () => {
    const broken = { ...options(), authorize: () => Promise.reject(new TypeError('a bug')) }
    await expect(restTokenAuthorizer(broken)(byToken('Bearer ada', 'POST /posts'), CALL)).rejects.toThrow('could not decide: broken')
  })

  it.each([undefined, '', '*', 'arn:aws:execute-api:eu-central-1:1:a/prod', `${STAGE}/*/posts`])(
    'rejects with another error for the ARN %j, however good the token',
    async (methodArn) => {
      const event = { ...byToken('Bearer ada', 'GET /posts'), methodArn: methodArn as string }
      await expect(restTokenAuthorizer(options())(event, CALL)).rejects.toThrow('names no method of a stage')
    },
  )

  it('rejects with another error for the event of an HTTP API with payload 2.0', async () => {
    const { methodArn: routeArn, ...event } = byRequest({ authorization: ['Bearer ada'] }, 'GET /posts')
    await expect(restRequestAuthorizer(options())({ ...event, version: '2.0', routeArn } as never, CALL)).rejects.toThrow('names no method')
  })

  it('puts on record who is known and may not call the route, and nobody else', async () => {
    const told: unknown[] = []
    const audit: RecordAudit = async (entry, context) => void told.push([entry, context?.requestId])
    const authorizer = restTokenAuthorizer({ ...options(), audit })
    await authorizer(byToken('Bearer bob', 'DELETE /posts/7'), CALL)
    await authorizer(byToken('Bearer bob', 'POST /posts'), CALL)
    await authorizer(byToken('Bearer ada', 'DELETE /posts/7'), CALL)
    await expect(authorizer(byToken('Bearer nobody', 'DELETE /posts/7'), CALL)).rejects.toThrow('Unauthorized')
    const entry = { name: 'authorization.refused', userId: 'bob', sessionId: 'session-of-bob', reason: 'forbidden' }
    expect(told).toEqual([[entry, 'call-1']])
  })

  it('rejects with another error when that has to be on record and cannot', async () => {
    const audit: RecordAudit = () => Promise.reject(new StoreUnavailableError('planted'))
    const authorizer = restTokenAuthorizer({ ...options(), audit })
    await expect(authorizer(byToken('Bearer bob', 'DELETE /posts/7'), CALL)).rejects.toThrow('could not decide: unavailable')
  })

  it('does not make a page that comes first a deny for everybody with that cookie', async () => {
    const authorizer = restRequestAuthorizer(options({ transports: ['cookie'], recheckedBehind: true }))
    const foreign = byRequest({ Cookie: ['__Host-sallyport-access=bob'], Origin: ['https://evil.example'] }, 'POST /posts')
    expect(iamAllows((await authorizer(foreign, CALL)).policyDocument, arn('POST /posts'))).toBe(true)
  })

  it('refuses the stage to a foreign page with a cookie, where nothing is kept', async () => {
    const authorizer = restRequestAuthorizer(options({ transports: ['cookie'], ttlSeconds: 0 }))
    const foreign = (target: string) => byRequest({ Cookie: ['__Host-sallyport-access=bob'], Origin: ['https://evil.example'] }, target)
    expect(iamAllows((await authorizer(foreign('POST /posts'), CALL)).policyDocument, arn('POST /posts'))).toBe(false)
    expect(iamAllows((await authorizer(foreign('GET /posts'), CALL)).policyDocument, arn('GET /posts'))).toBe(true)
  })

  it('reads the session for a strict route where nothing is kept, and keeps other strict routes shut', async () => {
    const strict: readonly ProtectedRoute[] = [...routes, { method: 'DELETE', path: '/vault', rule: { access: 'signed-in', strict: true } }]
    const parts = options({ routes: strict, ttlSeconds: 0 })
    const authorizer = restTokenAuthorizer(parts)
    const open = async (called: string): Promise<boolean> =>
      iamAllows((await authorizer(byToken('Bearer ada', called), CALL)).policyDocument, arn('DELETE /vault'))
    expect(await open('DELETE /vault')).toBe(true)
    expect(await open('POST /posts')).toBe(false)
    parts.ended.add('ada')
    await expect(open('DELETE /vault')).rejects.toThrow(/^Unauthorized$/)
  })

  describe.each<[string, Partial<SignedInRule>]>([
    ['freshness', { freshSeconds: 1 }],
    ['the session', { strict: true }],
  ])('leaves %s to the functions behind, when they ask again', (_what, ofNow) => {
    const left: readonly ProtectedRoute[] = [
      { method: 'POST', path: '/any', rule: { access: 'signed-in', ...ofNow } },
      { method: 'POST', path: '/role', rule: { access: 'signed-in', roles: ['editor'], ...ofNow } },
      { method: 'POST', path: '/scope', rule: { access: 'signed-in', scopes: ['write'], ...ofNow } },
    ]
    const parts = {
      ...options({ routes: left, recheckedBehind: true }),
      ...guardParts({ ada: ADA, bob: principal('bob'), carol: principal('carol', [], { scopes: ['write'] }) }),
    }

    it.each([
      ['ada', [true, true, false]],
      ['bob', [true, false, false]],
      ['carol', [true, false, true]],
    ])('and neither roles nor scopes: %s', async (who, expected) => {
      const { policyDocument } = await restTokenAuthorizer(parts)(byToken(`Bearer ${who}`, 'POST /any'), CALL)
      expect(left.map(({ method, path }) => iamAllows(policyDocument, arn(`${method} ${path}`)))).toEqual(expected)
    })
  })
})

describe('what does not start', () => {
  const refused =
    (changes: Partial<RestAuthorizerOptions>): (() => unknown) =>
    () =>
      restRequestAuthorizer(options(changes))
  const withRule = (rule: Rule): Partial<RestAuthorizerOptions> => ({ routes: [{ method: 'POST', path: '/transfer', rule }] })

  it.each<[string, Partial<RestAuthorizerOptions>, string]>([
    ['a rule about freshness under a cache', withRule({ access: 'signed-in', freshSeconds: 60 }), 'POST /transfer'],
    ['a strict rule under a cache', withRule({ access: 'signed-in', strict: true }), 'POST /transfer'],
    ['cookies under a cache where something changes', { transports: ['cookie'] }, 'POST /posts, DELETE /posts/{id}'],
    ['both transports under a cache', { transports: ['bearer', 'cookie'], recheckedBehind: true }, 'one transport only'],
    ['a bound above the maximum', { revocation: { ...revocation, maximumSeconds: 299 } }, 'the maximum is 299 s'],
    ['more than an hour', { ttlSeconds: 3601, revocation: { ...revocation, maximumSeconds: 9999 } }, 'from 0 to 3600'],
    ['a negative time', { ttlSeconds: -1 }, 'from 0 to 3600'],
    ['no time', { ttlSeconds: Number.NaN }, 'from 0 to 3600'],
    ['two routes of one shape', { routes: [...routes, { method: 'DELETE', path: '/posts/{other}', rule: signedIn }] }, 'the same requests'],
    [
      'more routes than a policy holds',
      { routes: Array.from({ length: 100 }, (_, index) => ({ method: 'GET', path: `/a${index}`, rule: signedIn })) },
      'too many routes',
    ],
  ])('%s', (_what, changes, message) => {
    expect(refused(changes)).toThrow(ConfigurationError)
    expect(refused(changes)).toThrow(message)
  })

  it('a TOKEN authorizer for cookies', () => {
    expect(() => restTokenAuthorizer(options({ transports: ['cookie'], ttlSeconds: 0 }))).toThrow('sees no cookies')
  })

  it('starts with the same rules where nothing is kept', () => {
    expect(refused({ ...withRule({ access: 'signed-in', freshSeconds: 60 }), ttlSeconds: 0 })).not.toThrow()
    expect(refused({ transports: ['bearer', 'cookie'], ttlSeconds: 0 })).not.toThrow()
  })
})
