import { ConfigurationError, type SignedInRule } from '@sallyport/core'
import { vouchedIn } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { guardParts, NOW, principal, revocation } from '../../testing/guard-parts.ts'
import { appsyncAuthorizer, type AppSyncAuthorizerOptions } from './appsync-authorizer.ts'

const CALL = { awsRequestId: 'call-1' }
const signedIn: SignedInRule = { access: 'signed-in' }
const people = {
  ada: principal('ada', ['editor']),
  bob: principal('bob'),
  // Ten seconds and a half are left.
  short: principal('short', [], { expiresAt: NOW + 10_500 }),
}

function options(changes: Partial<AppSyncAuthorizerOptions> = {}) {
  const fields = { 'Mutation.deletePost': { access: 'signed-in', roles: ['editor'] } } as const
  const parts = guardParts(people)
  return { ...parts, ttlSeconds: 300, revocation, scheme: 'bearer', defaultRule: signedIn, fields, ...changes, clock: parts.clock } as const
}

const asked = (authorizationToken: string) => ({ authorizationToken })

describe('the authorizer of AppSync', () => {
  it('denies the fields whose rule is not kept, and hands on texts', async () => {
    const authorizer = appsyncAuthorizer(options())
    const bob = await authorizer(asked('Bearer bob'), CALL)
    expect(bob).toMatchObject({ isAuthorized: true, deniedFields: ['Mutation.deletePost'], ttlOverride: 300 })
    expect(Object.values(bob.resolverContext).every((value) => typeof value === 'string')).toBe(true)
    expect(vouchedIn(bob.resolverContext)?.principal.userId).toBe('bob')
    expect((await authorizer(asked('Bearer ada'), CALL)).deniedFields).toEqual([])
  })

  it('asks the default rule of everybody, whatever the rule of a field', async () => {
    const authorizer = appsyncAuthorizer(options({ defaultRule: { access: 'signed-in', roles: ['member'] } }))
    expect(await authorizer(asked('Bearer ada'), CALL)).toEqual({ isAuthorized: false, resolverContext: {}, deniedFields: [], ttlOverride: 0 })
  })

  it.each(['', 'Bearer', 'Bearer nobody', 'bob', 'Basic bob'])('refuses the token %j', async (token) => {
    expect(await appsyncAuthorizer(options())(asked(token), CALL)).toMatchObject({ isAuthorized: false, ttlOverride: 0 })
  })

  it('takes tokens without a scheme when told so, and then none with one', async () => {
    const authorizer = appsyncAuthorizer(options({ scheme: 'none' }))
    expect((await authorizer(asked('bob'), CALL)).isAuthorized).toBe(true)
    expect((await authorizer(asked('Bearer bob'), CALL)).isAuthorized).toBe(false)
  })

  it('keeps nothing past the credential', async () => {
    expect((await appsyncAuthorizer(options())(asked('Bearer short'), CALL)).ttlOverride).toBe(10)
  })

  it('keeps nothing past the freshness of a sign-in, and denies the field afterwards', async () => {
    const parts = options({ fields: { 'Mutation.transfer': { access: 'signed-in', freshSeconds: 60 } } })
    const authorizer = appsyncAuthorizer(parts)
    expect(await authorizer(asked('Bearer bob'), CALL)).toMatchObject({ deniedFields: [], ttlOverride: 59 })
    parts.clock.advance(59_000)
    expect(await authorizer(asked('Bearer bob'), CALL)).toMatchObject({ deniedFields: ['Mutation.transfer'], ttlOverride: 300 })
  })

  it('reads the session and keeps nothing with a strict rule among the rules', async () => {
    const parts = options({ fields: { 'Mutation.wipe': { access: 'signed-in', strict: true } } })
    const authorizer = appsyncAuthorizer(parts)
    expect(await authorizer(asked('Bearer bob'), CALL)).toMatchObject({ isAuthorized: true, deniedFields: [], ttlOverride: 0 })
    parts.ended.add('bob')
    expect((await authorizer(asked('Bearer bob'), CALL)).isAuthorized).toBe(false)
  })

  it('rejects while the store does not answer', async () => {
    await expect(appsyncAuthorizer(options())(asked('Bearer down'), CALL)).rejects.toThrow('could not decide: unavailable')
  })

  it.each(['deletePost', 'Mutation.', '.deletePost', 'Mutation.delete-post', 'arn:aws:appsync:eu-central-1:1:apis/a/types/Mutation/fields/x'])(
    'does not start with the field %j',
    (field) => {
      expect(() => appsyncAuthorizer(options({ fields: { [field]: signedIn } }))).toThrow(ConfigurationError)
    },
  )
})
