import { expect, test } from 'vitest'
import { authorizer } from './authorize.ts'
import type { Principal } from './session/principal.ts'
import type { TokenChecker } from './session/token-checker.ts'

const principal: Principal = {
  userId: 'user',
  sessionId: 'session',
  roles: ['editor'],
  scopes: [],
  profile: null,
  authenticatedAt: 0,
  asOf: 0,
  expiresAt: 10_000,
}
const clock = { now: () => 1000 }
const checker: TokenChecker = { check: () => principal, checkStrictly: null }

test('a strict rule lets nobody in where there is no session to read', () => {
  const authorize = authorizer({ strategy: checker, clock })
  expect(authorize('token', { access: 'signed-in' })).toEqual({ allowed: true, principal })
  expect(authorize('token', { access: 'signed-in', strict: true })).toEqual({ allowed: false, refusal: 'unauthenticated', principal: null })
  expect(authorize('token', { access: 'signed-in', strict: true, roles: ['editor'] })).toMatchObject({ allowed: false, refusal: 'unauthenticated' })
})

test('a strict rule asks only the strict check', async () => {
  const refuse = (): never => {
    throw new Error('the plain check was asked')
  }
  const authorize = authorizer({ strategy: { check: refuse, checkStrictly: () => Promise.resolve(principal) }, clock })
  expect(await authorize('token', { access: 'signed-in', strict: true })).toEqual({ allowed: true, principal })
})
