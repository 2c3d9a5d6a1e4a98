import { ConfigurationError, type Rule } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { protectedRoutes, type ProtectedRoute, type RouteMethod } from './protected-routes.ts'

const RULE: Rule = { access: 'public' }
const table = (...rows: readonly string[]): readonly ProtectedRoute[] =>
  rows.map((row) => {
    const [method = '', path = ''] = row.split(' ')
    return { method: method as RouteMethod, path, rule: RULE }
  })
const found = (rows: readonly string[], method: string, path: string): string | null => {
  const route = protectedRoutes(table(...rows)).find(method, path)
  return route === null ? null : `${route.method} ${route.path}`
}

describe('which route answers', () => {
  const rows = [
    'GET /',
    'GET /posts',
    'POST /posts',
    'GET /posts/{id}',
    'DELETE /posts/drafts',
    'ANY /posts/{id}/comments',
    'ANY /files/{path+}',
    'GET /files/index',
  ]

  test.each([
    ['GET', '/', 'GET /'],
    ['GET', '/posts', 'GET /posts'],
    ['POST', '/posts', 'POST /posts'],
    ['GET', '/posts/7', 'GET /posts/{id}'],
    ['DELETE', '/posts/drafts', 'DELETE /posts/drafts'],
    ['PUT', '/posts/7/comments', 'ANY /posts/{id}/comments'],
    ['GET', '/files/index', 'GET /files/index'],
    ['GET', '/files/a/b/c', 'ANY /files/{path+}'],
  ])('%s %s: %s', (method, path, expected) => {
    expect(found(rows, method, path)).toBe(expected)
  })

  test.each([
    ['a path that is not declared', 'GET', '/secrets'],
    ['a method that is not declared', 'PUT', '/posts'],
    ['HEAD, which is not GET to a gateway', 'HEAD', '/posts'],
    ['a slash at the end', 'GET', '/posts/'],
    ['two slashes', 'GET', '//posts'],
    ['an empty parameter', 'GET', '/posts//comments'],
    ['another case', 'GET', '/Posts'],
    ['another case of the method', 'get', '/posts'],
    ['a dot segment', 'GET', '/posts/..'],
    ['a dot segment below an open end', 'GET', '/files/../posts'],
    ['an open end with nothing in it', 'GET', '/files/'],
    ['no slash at the beginning', 'GET', 'posts'],
    ['nothing', 'GET', ''],
    ['a more specific path without this method: a gateway looks for the path first', 'GET', '/posts/drafts'],
  ])('none for %s', (_, method, path) => {
    expect(found(rows, method, path)).toBeNull()
  })
})

describe('a table is refused', () => {
  test.each([
    ['two rows that are one', ['GET /a', 'GET /a']],
    ['two names of one parameter', ['GET /a/{id}', 'GET /a/{name}']],
    ['a path without slash', ['GET a']],
    ['an empty path', ['GET ']],
    ['a slash at the end', ['GET /a/']],
    ['an empty segment', ['GET /a//b']],
    ['an open end in the middle', ['GET /{path+}/a']],
    ['a wildcard', ['GET /a/*']],
    ['a parameter in a part of a segment', ['GET /a-{id}']],
    ['a dot segment', ['GET /a/../b']],
    ['an escape', ['GET /a%2Fb']],
    ['an unknown method', ['TRACE /a']],
    ['a method in small letters', ['get /a']],
  ])('for %s', (_, rows) => {
    expect(() => protectedRoutes(table(...rows))).toThrow(ConfigurationError)
  })
})

test('the order of the table does not matter', () => {
  const segment = fc.constantFrom('a', 'b', '{x}')
  const paths = fc
    .tuple(fc.array(segment, { maxLength: 3 }), fc.constantFrom('', '/{rest+}'))
    .map(([parts, rest]) => `/${parts.join('/')}${parts.length === 0 ? rest.slice(1) : rest}`)
  const rows = fc.uniqueArray(
    fc.tuple(fc.constantFrom('GET', 'ANY'), paths).map((row) => row.join(' ')),
    { maxLength: 8 },
  )
  const requests = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
  fc.assert(
    fc.property(rows, requests, (declared, path) => {
      const all = protectedRoutes(table(...declared))
      const reversed = protectedRoutes(table(...declared.toReversed()))
      expect(all.find('GET', path)).toEqual(reversed.find('GET', path))
    }),
  )
})
