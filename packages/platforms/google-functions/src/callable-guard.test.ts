import { StoreUnavailableError, type Principal } from '@sallyport/core'
import { guard, type Guard } from '@sallyport/guard'
import { afterEach, expect, test, vi } from 'vitest'
import { googleMessage } from '../testing/google-message.ts'
import { HttpsError } from '../testing/https-error.ts'
import { callableGuard, type CallableGuardOptions, type CallableRequest } from './callable-guard.ts'

const ADA = { userId: 'ada', sessionId: 's', roles: [], scopes: [], profile: null, authenticatedAt: 0, asOf: 0, expiresAt: 10_000 } as Principal
const clock = { now: (): number => 5000 }
const common = { clock, transports: ['bearer', 'cookie'] as const, publicUrl: 'https://auth.example.org', allowedOrigins: [] }
const byToken: Guard = guard({
  ...common,
  authorize: (token, rule) => {
    if (token === 'down') throw new StoreUnavailableError('secret')
    if (token !== 'good') return { allowed: false, refusal: 'unauthenticated', principal: null }
    return rule.access === 'signed-in' && rule.roles ? { allowed: false, refusal: 'forbidden', principal: ADA } : { allowed: true, principal: ADA }
  },
})
const errors: unknown[] = []
const options: CallableGuardOptions = {
  guard: byToken,
  HttpsError,
  credentialHeader: 'x-sallyport-authorization',
  onError: (error) => errors.push(error),
  newRequestId: () => 'an-id',
}
const call = (
  headers: Parameters<typeof googleMessage>[0],
  guarded: (request: CallableRequest, principal: Principal | null) => unknown = (_, principal) => principal?.userId,
  changes: Partial<CallableGuardOptions> = {},
): Promise<unknown> => callableGuard({ ...options, ...changes })({ access: 'signed-in' }, guarded)({ rawRequest: googleMessage(headers) }, undefined)

afterEach(() => void vi.useRealTimers())

test('a token stands in the header that was named for it, or in Authorization, never in both', async () => {
  const good = 'Bearer good'
  expect(await call({ 'x-sallyport-authorization': good })).toBe('ada')
  expect(await call({ authorization: good })).toBe('ada')
  for (const headers of [
    { 'x-sallyport-authorization': good, authorization: good },
    { 'x-sallyport-authorization': good, authorization: 'Bearer firebase' },
    { 'x-sallyport-authorization': [good, good] },
    { 'x-sallyport-authorization': 'good' },
    {},
  ])
    await expect(call(headers)).rejects.toMatchObject({ code: 'unauthenticated' })
  const unnamed = call({ 'x-sallyport-authorization': good }, undefined, { credentialHeader: null })
  await expect(unnamed).rejects.toMatchObject({ code: 'unauthenticated' })
})

test('what Firebase says of the caller is not believed', async () => {
  const guarded = callableGuard(options)({ access: 'signed-in' }, (_: CallableRequest & { readonly auth: object }, principal) => principal)
  const auth = { uid: 'eve', token: { sub: 'eve' }, rawToken: 'unsigned' }
  await expect(guarded({ rawRequest: googleMessage({ 'x-callable-context-auth': '%7B%7D' }), auth }, undefined)).rejects.toMatchObject({
    code: 'unauthenticated',
  })
})

test('a cookie needs to come from a page of ours', async () => {
  const cookie = '__Host-sallyport-access=good'
  expect(await call({ cookie, origin: 'https://auth.example.org' })).toBe('ada')
  await expect(call({ cookie })).rejects.toMatchObject({
    code: 'permission-denied',
    details: { type: 'urn:sallyport:problem:cross-site', requestId: 'an-id' },
  })
})

test('a refusal has the code that Firebase has for it, and says how long to wait', async () => {
  const editors = callableGuard(options)({ access: 'signed-in', roles: ['editor'] }, () => 'in')
  await expect(editors({ rawRequest: googleMessage({ authorization: 'Bearer good' }) }, undefined)).rejects.toMatchObject({
    code: 'permission-denied',
    details: { type: 'urn:sallyport:problem:forbidden' },
  })
  await expect(call({ authorization: 'Bearer down' })).rejects.toMatchObject({
    code: 'unavailable',
    message: 'Temporarily unavailable',
    details: { type: 'urn:sallyport:problem:store-unavailable', retryAfterSeconds: 1 },
  })
  const broken = guard({
    ...common,
    authorize: () => {
      throw new Error('secret')
    },
  })
  await expect(call({ authorization: 'Bearer x' }, undefined, { guard: broken })).rejects.toMatchObject({
    code: 'internal',
    message: 'Something went wrong here',
  })
})

test('what a callable throws reaches the client only when it is an HttpsError', async () => {
  errors.length = 0
  const own = new HttpsError('not-found', 'There is no such post.')
  const throwing = (error: unknown): Promise<unknown> =>
    call({ authorization: 'Bearer good' }, async () => {
      throw error
    })
  await expect(throwing(own)).rejects.toBe(own)
  expect(errors).toEqual([])
  await expect(throwing(new Error('secret'))).rejects.toMatchObject({ code: 'internal', message: 'Something went wrong here' })
  await expect(throwing(new StoreUnavailableError('secret'))).rejects.toMatchObject({ code: 'unavailable', message: 'Temporarily unavailable' })
  expect(errors).toHaveLength(2)
})

test('after the deadline the answer is `unavailable`, and a guard that decides then lets nobody in', async () => {
  vi.useFakeTimers()
  errors.length = 0
  const decided = Promise.withResolvers<void>()
  const slow: Guard = (request, rule) => decided.promise.then(() => byToken(request, rule))
  const late = { code: 'unavailable', details: { type: 'urn:sallyport:problem:overloaded', requestId: 'an-id', retryAfterSeconds: 1 } }
  const answers = [
    call({ authorization: 'Bearer good' }, () => expect.unreachable(), { guard: slow, deadlineMs: 5000 }),
    call({ authorization: 'Bearer good' }, () => decided.promise.then(() => Promise.reject(new Error('later'))), { deadlineMs: 5000 }),
  ].map((answer) => expect(answer).rejects.toMatchObject(late))
  await vi.advanceTimersByTimeAsync(4999)
  expect(errors).toEqual([])
  await vi.advanceTimersByTimeAsync(1)
  await Promise.all(answers)
  expect(errors).toHaveLength(2)
  decided.resolve()
  await vi.advanceTimersByTimeAsync(0)
  expect(errors.slice(2)).toEqual([new Error('later')])
})

test('what comes in time leaves no timer behind', async () => {
  vi.useFakeTimers()
  expect(await call({ authorization: 'Bearer good' }, undefined, { deadlineMs: 5000 })).toBe('ada')
  await expect(call({}, undefined, { deadlineMs: 5000 })).rejects.toMatchObject({ code: 'unauthenticated' })
  expect(vi.getTimerCount()).toBe(0)
})
