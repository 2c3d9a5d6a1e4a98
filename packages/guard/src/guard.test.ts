import {
  ConfigurationError,
  ConflictError,
  OverloadedError,
  StoreUnavailableError,
  type Authorize,
  type Principal,
  type RecordAudit,
  type Rule,
  type Verdict,
} from '@sallyport/core'
import { describe, expect, test } from 'vitest'
import { secondsLeft, type GuardedRequest, type GuardOptions } from './decider.ts'
import { guard, type Decision } from './guard.ts'
import type { Vouched } from './principal-context.ts'

const NOW = 1_800_000_000_000
const clock = { now: () => NOW }
const ADA: Principal = {
  userId: 'ada',
  sessionId: 's-1',
  roles: ['editor'],
  scopes: [],
  profile: null,
  authenticatedAt: NOW - 30_000,
  asOf: NOW,
  expiresAt: NOW + 60_000,
}
const BY_BEARER: Vouched = { principal: ADA, transport: 'bearer' }
const BY_COOKIE: Vouched = { principal: ADA, transport: 'cookie' }
const COOKIE = '__Host-sallyport-access=t'
const SIGNED_IN: Rule = { access: 'signed-in' }

function guarding(
  authorize: Authorize | null,
  options: Partial<GuardOptions> = {},
): (request?: Partial<GuardedRequest>, rule?: Rule) => Promise<Decision> {
  const decide = guard({
    authorize,
    clock,
    transports: ['bearer', 'cookie'],
    publicUrl: 'https://auth.example.test',
    allowedOrigins: ['https://app.example.test'],
    ...options,
  })
  return async (request = {}, rule = SIGNED_IN) =>
    decide({ method: 'GET', headers: { authorization: 'Bearer t' }, requestId: 'r-1', ...request }, rule)
}

const refusing =
  (refusal: 'unauthenticated' | 'forbidden'): Authorize =>
  () => ({ allowed: false, refusal, principal: null })
const throwing =
  (error: unknown): Authorize =>
  () => {
    throw error
  }
const rejecting =
  (error: Error): Authorize =>
  async () => {
    throw error
  }
const never: Authorize = () => {
  throw new Error('was asked')
}

function refused(decision: Decision): {
  readonly refusal: string
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
} {
  if (decision.allowed) throw new Error('was allowed')
  const { refusal, response } = decision
  return { refusal, status: response.status, headers: response.headers, body: response.body }
}

describe('a refusal is a whole answer', () => {
  test('401 with a challenge, a problem document, never stored', async () => {
    const { refusal, status, headers, body } = refused(await guarding(refusing('unauthenticated'))())
    expect([refusal, status]).toEqual(['unauthenticated', 401])
    expect(headers).toMatchObject({
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'www-authenticate': 'Bearer realm="sallyport", error="invalid_token"',
    })
    expect(JSON.parse(body)).toMatchObject({ type: 'urn:sallyport:problem:unauthenticated', status: 401, requestId: 'r-1' })
  })

  test('without `error` when no token was sent', async () => {
    const { headers } = refused(await guarding(refusing('unauthenticated'))({ headers: {} }))
    expect(headers['www-authenticate']).toBe('Bearer realm="sallyport"')
  })

  test('readable by an allowed page, and by no other', async () => {
    const from = async (origin: string): Promise<string | undefined> =>
      refused(await guarding(refusing('forbidden'))({ headers: { authorization: 'Bearer t', origin } })).headers['access-control-allow-origin']
    expect(await from('https://app.example.test')).toBe('https://app.example.test')
    expect(await from('https://evil.example')).toBeUndefined()
  })
})

describe('what is broken', () => {
  test.each([
    ['thrown', throwing(new StoreUnavailableError('down', { retryAfterSeconds: 7 })), '7'],
    ['rejected', rejecting(new StoreUnavailableError('down', { retryAfterSeconds: 7 })), '7'],
    ['overloaded', rejecting(new OverloadedError('busy', 2)), '2'],
  ])('is 503 with Retry-After: %s', async (_, authorize, after) => {
    const { refusal, status, headers } = refused(await guarding(authorize)())
    expect([refusal, status, headers['retry-after']]).toEqual(['unavailable', 503, after])
  })

  test.each([new Error('bug with a token'), new ConfigurationError('badly set'), new ConflictError('lost')])(
    'is 500 without detail: %s',
    async (error) => {
      const { refusal, status, body } = refused(await guarding(rejecting(error))())
      expect([refusal, status]).toEqual(['broken', 500])
      expect(body).not.toContain(error.message)
    },
  )

  test('is told to the operator, and a listener that throws changes nothing', async () => {
    const told: unknown[] = []
    const error = new Error('bug')
    const onError = (cause: unknown, requestId: string): void => {
      told.push(cause, requestId)
      throw new Error('the listener')
    }
    expect(refused(await guarding(throwing(error), { onError })()).status).toBe(500)
    expect(told).toEqual([error, 'r-1'])
  })
})

describe('somebody an authorizer vouched for', () => {
  test('passes without the token being checked again', async () => {
    expect(await guarding(never)({ vouched: BY_BEARER })).toMatchObject({ allowed: true, principal: ADA })
  })

  test('is judged by the rule', async () => {
    const ask = guarding(never)
    expect(refused(await ask({ vouched: BY_BEARER }, { access: 'signed-in', roles: ['admin'] })).refusal).toBe('forbidden')
    expect(refused(await ask({ vouched: BY_BEARER }, { access: 'signed-in', freshSeconds: 10 })).refusal).toBe('not-fresh')
  })

  test('is nobody from the instant of the expiry on, whatever the gateway keeps', async () => {
    expect(refused(await guarding(never)({ vouched: { ...BY_BEARER, principal: { ...ADA, expiresAt: NOW } } })).refusal).toBe('unauthenticated')
  })

  test('is not believed under a strict rule: the token decides', async () => {
    const verdict: Verdict = { allowed: true, principal: { ...ADA, userId: 'by token' } }
    expect(await guarding(() => verdict)({ vouched: BY_BEARER }, { access: 'signed-in', strict: true })).toMatchObject(verdict)
    expect(refused(await guarding(null)({ vouched: BY_BEARER }, { access: 'signed-in', strict: true })).refusal).toBe('unauthenticated')
  })

  test('and whose cookie came from a foreign page is refused', async () => {
    const headers = { cookie: '__Host-sallyport-access=t', origin: 'https://evil.example' }
    expect(refused(await guarding(never)({ vouched: BY_COOKIE, method: 'POST', headers })).refusal).toBe('cross-site')
  })

  test.each([
    ['a cookie, and this request shows a header', BY_COOKIE, { cookie: COOKIE, authorization: 'Basic x' }],
    ['a cookie, and this request shows an empty header', BY_COOKIE, { cookie: COOKIE, authorization: '' }],
    ['a cookie, and this request shows none', BY_COOKIE, {}],
    ['a header, and this request shows a cookie', BY_BEARER, { cookie: COOKIE }],
  ])('is not believed when it was by %s: what it shows decides', async (_what, vouched, headers) => {
    const origin = 'https://auth.example.test'
    expect(refused(await guarding(refusing('unauthenticated'))({ vouched, method: 'POST', headers: { ...headers, origin } })).refusal).toBe(
      'unauthenticated',
    )
  })

  test('is not believed by a transport that is not configured', async () => {
    const vouched = BY_COOKIE
    const ask = guarding(refusing('unauthenticated'), { transports: ['bearer'] })
    expect(refused(await ask({ vouched, method: 'POST', headers: { cookie: COOKIE, origin: 'https://evil.example' } })).refusal).toBe(
      'unauthenticated',
    )
  })

  test('passes by the cookie that the request shows, from a page of ours', async () => {
    const headers = { cookie: COOKIE, origin: 'https://auth.example.test' }
    expect(await guarding(never)({ vouched: BY_COOKIE, method: 'POST', headers })).toMatchObject({ allowed: true, principal: ADA })
  })

  test('is needed where no token can be checked', async () => {
    expect(refused(await guarding(null)({ vouched: null })).refusal).toBe('unauthenticated')
    expect(refused(await guarding(null)()).refusal).toBe('unauthenticated')
  })
})

describe('who is known and may not', () => {
  const asEditor = { vouched: BY_BEARER, headers: { 'user-agent': 'kit/1.0' } }
  const adminsOnly: Rule = { access: 'signed-in', roles: ['admin'] }

  test('is told to the audit log before the refusal leaves; nobody and who may are not', async () => {
    const told: unknown[] = []
    const audit: RecordAudit = async (...event) => void told.push(event)
    const ask = guarding(refusing('unauthenticated'), { audit })
    expect(refused(await ask(asEditor, adminsOnly)).refusal).toBe('forbidden')
    await ask(asEditor)
    await ask()
    expect(told).toEqual([
      [
        { name: 'authorization.refused', userId: 'ada', sessionId: 's-1', reason: 'forbidden' },
        { address: null, userAgent: 'kit/1.0', requestId: 'r-1' },
      ],
    ])
  })

  test('gets 503 where the audit log has to be written and cannot', async () => {
    const audit: RecordAudit = async () => {
      throw new StoreUnavailableError('The audit log cannot be written')
    }
    expect(refused(await guarding(never, { audit })(asEditor, adminsOnly)).status).toBe(503)
  })
})

test('a gateway keeps nothing past the credential', () => {
  expect(secondsLeft(ADA, clock, 300)).toBe(60)
  expect(secondsLeft(ADA, clock, 30)).toBe(30)
  expect(secondsLeft({ ...ADA, expiresAt: NOW - 1 }, clock, 30)).toBe(0)
})
