import { ConfigurationError, type Rule } from '@sallyport/core'
import type { ProtectedRoute, RouteMethod } from '@sallyport/guard'
import { describe, expect, it } from 'vitest'
import { iamAllows } from '../../testing/iam.ts'
import { POLICY_MAX_BYTES, refuseAll, stagePolicy } from './iam-policy.ts'
import { policyPlan, type PolicyPlanOptions } from './policy-plan.ts'

const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
const open: Rule = { access: 'public' }
const anybody: Rule = { access: 'signed-in' }
const editor: Rule = { access: 'signed-in', roles: ['editor'] }
const admin: Rule = { access: 'signed-in', roles: ['admin'] }

const table = (...rows: readonly (readonly [target: string, rule: Rule])[]): readonly ProtectedRoute[] =>
  rows.map(([target, rule]) => {
    const [method, path = ''] = target.split(' ')
    return { method: method as RouteMethod, path, rule }
  })

function policyOf(routes: readonly ProtectedRoute[], allowed: readonly Rule[], undeclaredPaths: PolicyPlanOptions['undeclaredPaths'] = 'denied') {
  return stagePolicy(STAGE, policyPlan({ routes, undeclaredPaths }), ({ rule }) => allowed.includes(rule))
}

const posts = table(['GET /posts', open], ['POST /posts', anybody], ['GET /posts/{id}', anybody], ['DELETE /posts/{id}', editor])

describe('a policy', () => {
  it('names every route of the stage, what is allowed and what is not', () => {
    const { Statement } = policyOf(posts, [open, anybody])
    expect(Statement.map(({ Effect }) => Effect)).toEqual(['Allow', 'Deny'])
    expect(Statement[0].Resource).toEqual([`${STAGE}/GET/posts`, `${STAGE}/GET/posts/*`, `${STAGE}/POST/posts`])
    expect(Statement[1]?.Resource).toEqual(expect.arrayContaining([`${STAGE}/DELETE/posts/*`, `${STAGE}/GET/posts/*/*`]))
  })

  it('of somebody who may call nothing refuses the whole stage', () => {
    expect(policyOf(table(['GET /a', admin]), [])).toEqual(refuseAll(STAGE))
  })

  it('refuses a fixed path to whom only the parameter beside it is open', () => {
    const routes = table(['GET /posts/drafts', editor], ['GET /posts/{id}', anybody])
    expect(iamAllows(policyOf(routes, [anybody]), `${STAGE}/GET/posts/drafts`)).toBe(false)
    expect(iamAllows(policyOf(routes, [anybody]), `${STAGE}/GET/posts/7`)).toBe(true)
    expect(iamAllows(policyOf(routes, [anybody, editor]), `${STAGE}/GET/posts/drafts`)).toBe(true)
  })

  it('refuses a method that a fixed path does not have and the parameter beside it does', () => {
    const routes = table(['GET /posts/drafts', anybody], ['DELETE /posts/{id}', anybody])
    expect(iamAllows(policyOf(routes, [anybody]), `${STAGE}/DELETE/posts/drafts`)).toBe(false)
  })

  it('refuses the root to whom only a wildcard is open', () => {
    expect(iamAllows(policyOf(table(['GET /{page}', anybody]), [anybody]), `${STAGE}/GET/`)).toBe(false)
    const routes = table(['GET /{path+}', anybody], ['GET /', admin])
    expect(iamAllows(policyOf(routes, [anybody]), `${STAGE}/GET/`)).toBe(false)
    expect(iamAllows(policyOf(routes, [anybody, admin]), `${STAGE}/GET/`)).toBe(true)
  })

  it('writes ANY out, because a wildcard for the method would match deeper paths', () => {
    const policy = policyOf(table(['ANY /posts', anybody], ['GET /admin/posts', admin]), [anybody])
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
      expect(iamAllows(policy, `${STAGE}/${method}/posts`)).toBe(true)
    expect(iamAllows(policy, `${STAGE}/GET/admin/posts`)).toBe(false)
  })

  it('leaves values with escapes alone where no other route could be meant', () => {
    expect(iamAllows(policyOf(posts, [open, anybody]), `${STAGE}/GET/posts/a%20b`)).toBe(true)
    const routes = table(['GET /posts/drafts', editor], ['GET /posts/{id}', anybody])
    expect(iamAllows(policyOf(routes, [anybody]), `${STAGE}/GET/posts/%64rafts`)).toBe(false)
  })

  it('can be planned for an API whose every path begins with a parameter', () => {
    const things = ['posts', 'users', 'files', 'teams', 'notes', 'bills', 'plans', 'hooks']
    const routes = table(
      ...things.flatMap((thing) => [[`GET /{tenant}/${thing}`, anybody] as const, [`DELETE /{tenant}/${thing}/{id}`, admin] as const]),
    )
    const policy = policyOf(routes, [anybody], 'not-routed')
    expect(things.every((thing) => iamAllows(policy, `${STAGE}/GET/acme/${thing}`))).toBe(true)
    expect(things.some((thing) => iamAllows(policy, `${STAGE}/DELETE/acme/${thing}/7`))).toBe(false)
  })

  it('that is too large is never returned', () => {
    const many = table(...Array.from({ length: 100 }, (_, index) => [`GET /a${index}/{id}`, anybody] as const))
    expect(() => policyOf(many, [anybody])).toThrow(`larger than ${POLICY_MAX_BYTES} bytes`)
    expect(() => policyOf(table([`GET /${'a'.repeat(500)}`, anybody]), [anybody])).toThrow('longer than the 512 characters')
  })
})

describe('a table that no policy can express', () => {
  const refused = (routes: readonly ProtectedRoute[], undeclaredPaths: PolicyPlanOptions['undeclaredPaths'] = 'denied'): string => {
    try {
      policyPlan({ routes, undeclaredPaths })
      return 'expressible'
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigurationError)
      return String(error)
    }
  }

  it('is refused with the routes by name: an exception to an exception', () => {
    const message = refused(table(['GET /{path+}', anybody], ['GET /admin/{page}', admin]), 'not-routed')
    expect(message).toContain('GET /{path+}')
    expect(message).toContain('GET /admin/{page}')
  })

  it('is refused: of three, the middle one forbidden', () => {
    const routes = table(['GET /posts/{id}', anybody], ['GET /posts/{id}/{part}', admin], ['GET /posts/{id}/comments', anybody])
    expect(refused(routes, 'not-routed')).toContain('but not GET /posts/{id}/{part}')
  })

  it('is refused where undeclared paths could not be denied, and taken where the gateway has none', () => {
    const routes = table(['GET /posts/{id}', anybody], ['GET /posts/{id}/comments', anybody])
    expect(refused(routes)).toContain('GET /posts/x/x, which is no route')
    expect(refused(routes, 'not-routed')).toBe('expressible')
  })

  it('is taken where nobody can be in its way', () => {
    // Whoever may call the first and the third may call the second.
    const routes = table(['GET /posts/{id}', admin], ['GET /posts/{id}/{part}', anybody], ['GET /posts/{id}/comments', admin])
    expect(refused(routes, 'not-routed')).toBe('expressible')
  })

  it('is refused when time or the store can forbid the middle one', () => {
    const fresh: Rule = { access: 'signed-in', freshSeconds: 60 }
    const routes = table(['GET /posts/{id}', anybody], ['GET /posts/{id}/{part}', fresh], ['GET /posts/{id}/comments', anybody])
    expect(refused(routes, 'not-routed')).toContain('but not GET /posts/{id}/{part}')
  })

  it('is refused with more segments than can be looked at', () => {
    expect(refused(table([`GET ${'/a'.repeat(40)}`, anybody]))).toContain('at most')
  })
})
