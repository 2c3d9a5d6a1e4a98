import { describe, expect, test } from 'vitest'
import { authorizer, judge, type SignedInRule, type Verdict } from './authorize.ts'
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

describe('somebody under a rule', () => {
  const forbidden = 'forbidden'
  const told = (rule: Omit<SignedInRule, 'access'>, has: Partial<Principal>, now = 1000): string => {
    const verdict: Verdict = judge({ ...principal, ...has }, { access: 'signed-in', ...rule }, { now: () => now })
    expect(verdict.principal).toMatchObject(has)
    return verdict.allowed ? 'allowed' : verdict.refusal
  }

  test.each<[readonly string[], readonly string[], string]>([
    [['editor'], ['editor'], 'allowed'],
    [['editor', 'admin'], ['admin'], 'allowed'],
    [['editor'], ['author', 'editor'], 'allowed'],
    [['editor'], [], forbidden],
    [['editor'], ['admin'], forbidden],
    [['editor'], ['Editor'], forbidden],
    [['Editor'], ['editor'], forbidden],
    [['editor'], ['edit'], forbidden],
    [['edit'], ['editor'], forbidden],
    [['editor'], ['editor '], forbidden],
    [['editor'], ['*'], forbidden],
    [['*'], ['editor'], forbidden],
    [['editor'], [''], forbidden],
    [['editor,admin'], ['editor', 'admin'], forbidden],
    [[], ['editor'], forbidden],
    [[], [], forbidden],
  ])('roles %j and who has %j: %s', (roles, has, expected) => {
    expect(told({ roles }, { roles: has, scopes: roles })).toBe(expected)
  })

  test.each<[readonly string[], readonly string[], string]>([
    [['users:write'], ['users:write'], 'allowed'],
    [['profile', 'users:write'], ['users:write', 'profile', 'more'], 'allowed'],
    [[], [], 'allowed'],
    [['profile', 'users:write'], ['profile'], forbidden],
    [['profile', 'users:write'], ['users:write'], forbidden],
    [['users:write'], [], forbidden],
    [['users:write'], ['users'], forbidden],
    [['users:write'], ['users:'], forbidden],
    [['users'], ['users:write'], forbidden],
    [['users:write'], ['Users:Write'], forbidden],
    [['users:write'], ['*'], forbidden],
    [['users:write'], ['users:*'], forbidden],
    [['profile users:write'], ['profile', 'users:write'], forbidden],
  ])('scopes %j and who has %j: %s', (scopes, has, expected) => {
    expect(told({ scopes }, { scopes: has, roles: scopes })).toBe(expected)
  })

  test('roles and scopes are both asked for', () => {
    const rule = { roles: ['editor'], scopes: ['write'] }
    expect(told(rule, { roles: ['editor'], scopes: ['write'] })).toBe('allowed')
    expect(told(rule, { roles: ['editor'], scopes: [] })).toBe(forbidden)
    expect(told(rule, { roles: [], scopes: ['write'] })).toBe(forbidden)
  })

  test('whose scopes or roles are missing altogether is never let in', () => {
    const without = (member: 'roles' | 'scopes') => ({ ...principal, [member]: undefined }) as unknown as Principal
    expect(() => judge(without('scopes'), { access: 'signed-in', scopes: ['write'] }, clock)).toThrow(TypeError)
    expect(() => judge(without('roles'), { access: 'signed-in', roles: ['editor'] }, clock)).toThrow(TypeError)
  })

  test.each([
    [0, 999, 'allowed'],
    [0, 1000, 'not-fresh'],
    [1, 1000, 'allowed'],
    [-1, 999, 'not-fresh'],
  ])('a sign-in at %i is at %i, under a second: %s', (authenticatedAt, now, expected) => {
    expect(told({ freshSeconds: 1 }, { authenticatedAt }, now)).toBe(expected)
  })

  test('who may not at all is not told to sign in again', () => {
    expect(told({ freshSeconds: 1, roles: ['admin'] }, { authenticatedAt: 0 })).toBe(forbidden)
  })

  test('nobody is not let in', () => {
    expect(judge(null, { access: 'signed-in' }, clock)).toEqual({ allowed: false, refusal: 'unauthenticated', principal: null })
  })
})
