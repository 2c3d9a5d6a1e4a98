import { authorizer, systemClock } from '@sallyport/core'
import { httpPolicyAuthorizer, planOptions, policyPlan } from '@sallyport/platform-aws-lambda/policy-authorizers'
import { afterAll, describe, expect, test } from 'vitest'
import { workedOutPlan } from '../build/worked-out-plan.ts'
import { bundles, SECRETS, type Invocation } from '../testing/bundles.ts'
import { authorizerHandler } from './authorizer-handler.ts'
import { guardConfig } from './config.ts'
import { ROUTE_OPTIONS } from './routes.ts'

const { text, files, invoke, remove } = bundles()
afterAll(remove)

const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
const rest = (token: string) => ({ type: 'TOKEN', authorizationToken: token, methodArn: `${STAGE}/POST/posts` })
const http = (headers: object) => ({
  version: '2.0',
  type: 'REQUEST',
  routeArn: `${STAGE}/POST/posts`,
  routeKey: 'POST /posts',
  rawPath: '/prod/posts',
  rawQueryString: '',
  identitySource: Object.values(headers),
  headers,
  requestContext: { http: { method: 'POST' }, stage: 'prod' },
})
const EVENTS = {
  'rest-token': rest,
  'http-simple': (token: string) => http({ authorization: token }),
  'http-policy': (token: string) => http({ authorization: token }),
}
const GATEWAYS = Object.keys(EVENTS) as (keyof typeof EVENTS)[]
const SESSION_TOKEN = `Bearer 01890a5d-ac96-774b-bcce-b302099a8057.${'A'.repeat(22)}.${'A'.repeat(43)}`

function saysThatItIsUnavailable({ answer, error, lines }: Invocation): void {
  expect([answer, error]).toEqual([null, 'The authorizer could not decide: unavailable'])
  const told = expect.objectContaining({ code: 'store-unavailable' }) as unknown
  expect(lines).toContainEqual(expect.objectContaining({ level: 'warn', msg: 'unavailable', requestId: 'r-1', error: told }))
}

const toldBy = ({ answer, error }: Invocation): readonly unknown[] => [answer, error]

describe.each(GATEWAYS)('the bundled authorizer for %s', (gateway) => {
  const event = EVENTS[gateway]

  test.each(['jwt', 'session'])('lets nobody in without a good token, and loads no undici (%s)', (strategy) => {
    const { answer, error, undici } = invoke('authorizer', event('Bearer nobody'), {
      SALLYPORT_STRATEGY: strategy,
      SALLYPORT_AUTHORIZER_GATEWAY: gateway,
    })
    expect(undici).toBe(false)
    if (gateway === 'rest-token') expect(error).toBe('Unauthorized')
    else if (gateway === 'http-simple') expect(answer).toEqual({ isAuthorized: false, context: {} })
    else expect(answer).toMatchObject({ principalId: 'anonymous' })
  })

  test('decides nothing while it has no keys, and says so in the log', () => {
    const header = Buffer.from('{"alg":"RS256","kid":"k","typ":"at+jwt"}').toString('base64url')
    const environment = { SALLYPORT_STRATEGY: 'jwt', SALLYPORT_AUTHORIZER_GATEWAY: gateway, SALLYPORT_PUBLIC_URL: 'https://127.0.0.1:1' }
    saysThatItIsUnavailable(invoke('authorizer', event(`Bearer ${header}.e30.c2ln`), environment))
  })

  test.each(['jwt', 'session'])('asks for the keys of a hosted issuer for its tokens, and for nobody else’s (%s)', (strategy) => {
    const issuer = 'https://127.0.0.1:1/issuer'
    const entry = { preset: 'oidc', issuer, audience: 'api', jwksUri: issuer, algorithms: ['RS256'], type: 'at+jwt' }
    const environment = { SALLYPORT_STRATEGY: strategy, SALLYPORT_AUTHORIZER_GATEWAY: gateway, SALLYPORT_HOSTED_ISSUERS: JSON.stringify([entry]) }
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: issuer, sub: 'ada', aud: 'api', iat: now, exp: now + 300 }
    const token = (changes: object): string => `Bearer ${part({ alg: 'RS256', kid: 'k', typ: 'at+jwt' })}.${part({ ...claims, ...changes })}.c2ln`
    expect(invoke('authorizer', event(token({})), environment).error).toBe('The authorizer could not decide: unavailable')
    expect(invoke('authorizer', event(token({ aud: 'another' })), environment).error).not.toBe('The authorizer could not decide: unavailable')
  })

  test('starts with the environment of the API, secrets and all', () => {
    const environment = { SALLYPORT_AUTHORIZER_GATEWAY: gateway }
    expect(invoke('authorizer', event('Bearer nobody'), { ...environment, ...SECRETS })).toEqual(
      invoke('authorizer', event('Bearer nobody'), environment),
    )
  })

  test.each<[string, Readonly<Record<string, string>>, string]>([
    ['no public URL', { SALLYPORT_PUBLIC_URL: '' }, 'SALLYPORT_PUBLIC_URL must be set: an http or https URL without user, query and fragment'],
    ['a misspelt name', { SALLYPORT_STRATEGIE: 'jwt' }, 'did you mean SALLYPORT_STRATEGY'],
    [
      'a hosted issuer that cannot be',
      { SALLYPORT_HOSTED_ISSUERS: '[{"preset":"cognito","region":"eu-west-1"}]' },
      'Hosted issuer 1: A hosted issuer needs its userPoolId',
    ],
    ['a wrong form', { SALLYPORT_ACCESS_TOKEN_SECONDS: '1' }, 'SALLYPORT_ACCESS_TOKEN_SECONDS must be a whole number of seconds from 10 to 86400'],
    [
      'a bound above the maximum',
      { SALLYPORT_AUTHORIZER_TTL_SECONDS: '3600', SALLYPORT_TRANSPORTS: 'bearer' },
      'could be accepted for 3900 s; the maximum is 900 s',
    ],
  ])('says what is wrong with its configuration: %s', (_what, environment, sentence) => {
    expect(() => invoke('authorizer', event('Bearer nobody'), { SALLYPORT_AUTHORIZER_GATEWAY: gateway, ...environment })).toThrow(sentence)
  })
})

// One gateway is enough: the store gives up after four seconds and a half.
test('the bundled authorizer decides nothing while the store does not answer, and says so in the log', () => {
  const environment = { SALLYPORT_STRATEGY: 'session', SALLYPORT_AUTHORIZER_GATEWAY: 'rest-token' }
  saysThatItIsUnavailable(invoke('authorizer', rest(SESSION_TOKEN), environment))
})

test.each([
  ['session-http-simple.mjs', { SALLYPORT_STRATEGY: 'jwt', SALLYPORT_AUTHORIZER_GATEWAY: 'http-simple' }],
  ['jwt-http-simple.mjs', { SALLYPORT_STRATEGY: 'session', SALLYPORT_AUTHORIZER_GATEWAY: 'http-simple' }],
  ['session-http-simple.mjs', { SALLYPORT_STRATEGY: 'session', SALLYPORT_AUTHORIZER_GATEWAY: 'rest-token' }],
])('an entry deployed with another configuration than its own decides as that one says: %s', (entry, environment) => {
  const event = EVENTS[environment.SALLYPORT_AUTHORIZER_GATEWAY as (typeof GATEWAYS)[number]](SESSION_TOKEN)
  expect(toldBy(invoke('authorizer', event, environment, entry))).toEqual(toldBy(invoke('authorizer', event, environment)))
})

test('the bundled authorizer says what only one gateway minds', () => {
  const environment = { SALLYPORT_AUTHORIZER_GATEWAY: 'rest-token', SALLYPORT_TRANSPORTS: 'cookie' }
  expect(() => invoke('authorizer', rest('Bearer nobody'), environment)).toThrow('bearer has to be among its transports')
  for (const gateway of ['http-simple', 'http-policy', 'rest-request'])
    expect(() =>
      invoke('authorizer', rest('Bearer nobody'), { SALLYPORT_AUTHORIZER_GATEWAY: gateway, SALLYPORT_AUTHORIZER_TTL_SECONDS: '60' }),
    ).toThrow('by one transport only: bearer or cookie.')
  for (const gateway of ['alb', 'rest-tokens', '../any'])
    expect(() => invoke('authorizer', rest('Bearer nobody'), { SALLYPORT_AUTHORIZER_GATEWAY: gateway })).toThrow(
      'SALLYPORT_AUTHORIZER_GATEWAY must be `http-simple` or',
    )
  expect(() => invoke('authorizer', rest('Bearer nobody'), { SALLYPORT_STRATEGY: 'magic' })).toThrow('SALLYPORT_STRATEGY must be `jwt` or `session`')
})

test('the plan that the build worked out makes the policies of the planner', async () => {
  const bundled = invoke('authorizer', http({}), { SALLYPORT_AUTHORIZER_GATEWAY: 'http-policy' }).answer
  const environment = { AWS_REGION: 'eu-central-1', SALLYPORT_DYNAMODB_TABLE: 'users', SALLYPORT_PUBLIC_URL: 'https://auth.example.com' }
  const config = guardConfig({ ...environment, SALLYPORT_AUTHORIZER_GATEWAY: 'http-policy' })
  const handler = authorizerHandler(
    config,
    { 'http-policy': httpPolicyAuthorizer },
    {
      authorize: authorizer({ strategy: { check: () => null, checkStrictly: null }, clock: systemClock }),
      clock: systemClock,
      transports: ['bearer'],
      publicUrl: 'https://auth.example.com',
      allowedOrigins: [],
    },
  ) as (event: unknown, context: { readonly awsRequestId: string }) => Promise<unknown>
  expect(bundled).toEqual(await handler(http({}), { awsRequestId: 'r-1' }))
})

test('the plan that the build worked out is that of the planner, and no other table is answered by it', async () => {
  const { plan } = await workedOutPlan()
  const module = (await import(`data:text/javascript;base64,${Buffer.from(plan).toString('base64')}`)) as { readonly policyPlan: typeof policyPlan }
  const options = planOptions(ROUTE_OPTIONS)
  expect(module.policyPlan(options)).toEqual(policyPlan(options))
  const [first, ...others] = options.routes
  for (const other of [
    { ...options, routes: others },
    { ...options, routes: [{ ...first!, rule: { access: 'signed-in' } as const }, ...others] },
  ])
    expect(() => module.policyPlan(other)).toThrow()
})

test('neither the planner of policies nor the sentences of a start are in what a start reads, but the bundle that is started in its place has them', () => {
  for (const file of files('authorizer').filter((each) => /^(?:jwt|session)-(?:http|rest)/.test(each))) {
    expect(text('authorizer', file)).not.toMatch(/is no route|did you mean|whole number of seconds from|No policy of IAM|misspelt/)
    expect(text('authorizer', file)).toContain('The authorizer could not decide')
  }
  expect(text('authorizer', 'any.mjs')).toContain('No policy of IAM')
})
