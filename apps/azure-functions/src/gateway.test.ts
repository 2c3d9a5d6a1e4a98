import { readFileSync } from 'node:fs'
import { ConfigurationError } from '@sallyport/core'
import type { ProtectedRoute } from '@sallyport/guard'
import { defaultLimits, routeTable } from '@sallyport/http'
import { POSTS_ROUTES } from '@sallyport/sample-posts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gatewayFiles } from './gateway.ts'

const API = routeTable({ prefix: '/auth', transports: ['bearer', 'cookie'], limits: defaultLimits })
const FILES = gatewayFiles({ api: API, posts: POSTS_ROUTES })

/** The part of the policy for one operation. */
function partOf(policy: string, operation: string): string {
  const start = policy.indexOf(`<when condition="@(context.Operation.Id == &quot;${operation}&quot;)">`)
  expect(start, operation).toBeGreaterThan(0)
  return policy.slice(start, policy.indexOf('</when>', start))
}

function policyFor(route: Omit<ProtectedRoute, 'method' | 'path'>): string {
  return partOf(gatewayFiles({ api: [], posts: [{ method: 'GET', path: '/x', ...route }] })['policy-jwt.xml'], 'get-x')
}

describe('the files for the gateway', () => {
  it.each(Object.entries(FILES))('%s is the committed one; `npm run gateway` writes it', (name, text) => {
    expect(readFileSync(new URL(`../templates/gateway/${name}`, import.meta.url), 'utf8')).toBe(text)
  })

  it('name every route of the API and of the guarded function, and nothing else', () => {
    const operations = JSON.parse(FILES['operations.json']) as { readonly name: string; readonly method: string; readonly urlTemplate: string }[]
    const named = operations.map(({ method, urlTemplate }) => `${method} ${urlTemplate}`)
    const declared = [...API, ...POSTS_ROUTES].map(({ method, path }) => `${method} ${path}`)
    expect(named).toEqual(expect.arrayContaining(declared))
    expect(named.filter((each) => !declared.includes(each) && !/^(?:HEAD|OPTIONS) /.test(each))).toEqual([])
    expect(new Set(operations.map(({ name }) => name)).size).toBe(operations.length)
  })

  it('are well-formed: every element that begins ends', () => {
    for (const policy of [FILES['policy-jwt.xml'], FILES['policy-session.xml']]) {
      const open: string[] = []
      for (const [, closing, name = '', , empty] of policy
        .replaceAll(/<!--.*?-->/gs, '')
        .matchAll(/<(\/)?([\w-]+)((?:\s+[\w-]+="[^"<]*")*)\s*(\/)?>/g)) {
        if (closing !== undefined) expect(open.pop()).toBe(name)
        else if (empty === undefined) open.push(name)
      }
      expect(open).toEqual([])
    }
  })
})

describe('an operation', () => {
  const OPEN: ProtectedRoute['rule'] = { access: 'public' }
  const CLOSED: ProtectedRoute['rule'] = { access: 'signed-in' }
  const policyOf = (posts: readonly ProtectedRoute[]): string => gatewayFiles({ api: [], posts })['policy-jwt.xml']
  const namesOf = (posts: readonly ProtectedRoute[]): string[] => {
    const operations = JSON.parse(gatewayFiles({ api: [], posts })['operations.json']) as { readonly name: string; readonly method: string }[]
    return operations.map(({ name }) => name)
  }

  it.each([
    ['/posts/{id}', '/posts/id'],
    ['/posts/{id}', '/posts/__id'],
    ['/a_b', '/a-b'],
    ['/a.b', '/a/b'],
    ['/files/{path+}', '/files/{path}'],
    ['/', '/index'],
    ['/_2d', '/-'],
  ])('has a name of its own, so that what is closed stays closed: %s and %s', (open, closed) => {
    const names = namesOf([
      { method: 'GET', path: open, rule: OPEN },
      { method: 'GET', path: closed, rule: CLOSED },
    ])
    const policy = policyOf([
      { method: 'GET', path: open, rule: OPEN },
      { method: 'GET', path: closed, rule: CLOSED },
    ])
    const asked = names.filter((name) => !name.startsWith('options'))
    expect(asked.map((name) => partOf(policy, name).includes('validate-jwt'))).toEqual([false, true])
  })

  it('has a name that Azure takes, another one for every path, whatever its case', () => {
    const segment = fc.oneof(
      fc.stringMatching(/^[A-Za-z0-9._~-]{1,4}$/),
      fc.stringMatching(/^\{[A-Za-z0-9_]{1,3}\}$/),
      fc.constantFrom('a', '{a}', '_61', '-', '__a'),
    )
    const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`)
    const nameOf = (each: string): string => namesOf([{ method: 'GET', path: each, rule: OPEN }])[0] ?? ''
    fc.assert(
      fc.property(path, path, (one, other) => {
        expect(nameOf(one)).toMatch(/^[a-z][a-z0-9_-]*$/)
        expect(nameOf(one) === nameOf(other)).toBe(one === other)
      }),
    )
  })

  it.each([
    ['the same path', '/posts', '/posts'],
    ['another name of the parameter', '/posts/{id}', '/posts/{key}'],
    ['another case', '/posts', '/Posts'],
    ['another name of the rest', '/files/{path+}', '/files/{rest+}'],
  ])('is not made for two routes that differ in nothing the gateway sees: %s', (_, one, other) => {
    const posts: readonly ProtectedRoute[] = [
      { method: 'GET', path: one, rule: OPEN },
      { method: 'GET', path: other, rule: CLOSED },
    ]
    expect(() => policyOf(posts)).toThrow(ConfigurationError)
    expect(() => gatewayFiles({ api: [{ method: 'GET', path: one }], posts: posts.slice(1) })).toThrow('To the gateway two routes are one: GET')
  })

  it('of ANY is one for each method that has no route for itself', () => {
    const posts: readonly ProtectedRoute[] = [
      { method: 'ANY', path: '/posts/{id}', rule: CLOSED },
      { method: 'GET', path: '/posts/{key}', rule: OPEN },
    ]
    expect(namesOf(posts).toSorted()).toEqual([
      'delete-posts-__id',
      'get-posts-__key',
      'head-posts-__id',
      'options-posts-__key',
      'patch-posts-__id',
      'post-posts-__id',
      'put-posts-__id',
    ])
    expect(partOf(policyOf(posts), 'get-posts-__key')).not.toContain('validate-jwt')
    expect(partOf(policyOf(posts), 'put-posts-__id')).toContain('validate-jwt')
  })

  it('of OPTIONS asks for no token, because preflights of browsers bring none and the guard behind answers them', () => {
    for (const method of ['POST', 'ANY'] as const)
      expect(partOf(policyOf([{ method, path: '/posts', rule: CLOSED }]), 'options-posts')).not.toContain('validate-jwt')
  })
})

describe('a policy', () => {
  it('asks nothing where everybody may pass', () => {
    expect(partOf(FILES['policy-jwt.xml'], 'get-posts')).not.toContain('validate-jwt')
  })

  it('demands issuer, audience, signature and expiry of who has to be signed in, and answers 401', () => {
    const part = partOf(FILES['policy-jwt.xml'], 'post-posts')
    expect(part.match(/<validate-jwt /g)).toHaveLength(1)
    for (const needed of [
      'require-scheme="Bearer"',
      'require-expiration-time="true"',
      'require-signed-tokens="true"',
      'failed-validation-httpcode="401"',
      '<issuer>{{sallyport-issuer}}</issuer>',
      '<audience>{{sallyport-audience}}</audience>',
      '/.well-known/openid-configuration"',
    ])
      expect(part).toContain(needed)
    expect(part).not.toContain('required-claims')
  })

  it('demands one of the roles and all of the scopes, and answers 403', () => {
    const part = policyFor({ rule: { access: 'signed-in', roles: ['editor', 'a<b&c'], scopes: ['me', 'posts:write'] } })
    expect(part.match(/failed-validation-httpcode="(\d+)"/g)).toEqual(['failed-validation-httpcode="401"', 'failed-validation-httpcode="403"'])
    expect(part).toMatch(/<claim name="roles" match="any">\s*<value>editor<\/value>\s*<value>a&lt;b&amp;c<\/value>\s*<\/claim>/)
    expect(part).toMatch(/<claim name="scope" match="all" separator=" ">\s*<value>me<\/value>\s*<value>posts:write<\/value>\s*<\/claim>/)
  })

  it('of the session strategy leaves every token to the function', () => {
    expect(FILES['policy-session.xml']).not.toContain('validate-jwt')
    for (const { name } of [{ name: 'post-posts' }, { name: 'delete-posts-__id' }])
      expect(partOf(FILES['policy-session.xml'], name)).toContain('{{sallyport-posts-url}}')
  })
})
