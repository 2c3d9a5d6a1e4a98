import type { Rule } from '@sallyport/core'
import { vouchedIn } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { guardParts, principal } from '../../testing/guard-parts.ts'
import { iamAllows } from '../../testing/iam.ts'
import { websocketAuthorizer } from './websocket-authorizer.ts'

const STAGE = 'arn:aws-us-gov:execute-api:us-gov-west-1:123456789012:abcdef1234/live'
const CALL = { awsRequestId: 'call-1' }
const COOKIE = '__Host-sallyport-access=ada'

function authorizer(rule: Rule = { access: 'signed-in' }) {
  const parts = guardParts({ ada: principal('ada') })
  return websocketAuthorizer({ ...parts, transports: ['bearer', 'cookie'], allowedOrigins: ['https://app.example.com'], rule })
}

const connect = (headers: Readonly<Record<string, string>>, others: object = {}) =>
  ({ type: 'REQUEST', methodArn: `${STAGE}/$connect`, headers, ...others }) as const

describe('the authorizer of $connect', () => {
  it('lets through what opens a connection of that stage, and nothing else', async () => {
    const { principalId, policyDocument, context } = await authorizer()(connect({ Authorization: 'Bearer ada' }), CALL)
    expect(principalId).toBe('ada')
    expect(vouchedIn(context)?.principal.userId).toBe('ada')
    expect(iamAllows(policyDocument, `${STAGE}/$connect`)).toBe(true)
    for (const other of [`${STAGE}/$disconnect`, `${STAGE}/GET/posts`, `${STAGE.replace('/live', '/test')}/$connect`])
      expect(iamAllows(policyDocument, other)).toBe(false)
  })

  it.each([
    ['our own page', { Origin: 'https://auth.example.com' }, true],
    ['an allowed page', { Origin: 'https://app.example.com' }, true],
    ['a foreign page', { Origin: 'https://evil.example' }, false],
    ['a page in a sandbox', { Origin: 'null' }, false],
    ['nobody knows what', {}, false],
  ])('takes a cookie from %s as it deserves', async (_what, headers, allowed) => {
    const { policyDocument } = await authorizer()(connect({ Cookie: COOKIE, ...headers }), CALL)
    expect(iamAllows(policyDocument, `${STAGE}/$connect`)).toBe(allowed)
  })

  it('takes no token from the query string', async () => {
    const query = { queryStringParameters: { token: 'ada', authorization: 'Bearer ada', access_token: 'ada' } }
    await expect(authorizer()(connect({}, query), CALL)).rejects.toThrow(/^Unauthorized$/)
  })

  it('refuses whom the rule forbids, by name', async () => {
    const { principalId, policyDocument } = await authorizer({ access: 'signed-in', roles: ['admin'] })(
      connect({ Authorization: 'Bearer ada' }),
      CALL,
    )
    expect(principalId).toBe('ada')
    expect(iamAllows(policyDocument, `${STAGE}/$connect`)).toBe(false)
  })

  it('rejects with another error while the store does not answer, and for an ARN of anything else', async () => {
    await expect(authorizer()(connect({ Authorization: 'Bearer down' }), CALL)).rejects.toThrow('could not decide: unavailable')
    const elsewhere = { ...connect({ Authorization: 'Bearer ada' }), methodArn: `${STAGE}/GET/posts` }
    await expect(authorizer()(elsewhere, CALL)).rejects.toThrow('$connect')
  })

  it('lets everybody in as nobody where the rule is public', async () => {
    const { principalId, policyDocument, context } = await authorizer({ access: 'public' })(connect({}), CALL)
    expect([principalId, context, iamAllows(policyDocument, `${STAGE}/$connect`)]).toEqual(['anonymous', {}, true])
  })
})
