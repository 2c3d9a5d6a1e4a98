import assert from 'node:assert/strict'
import type { KitRequest, KitResponse } from './kit-message.ts'

const MAX_COOKIE = 4096

/** What is true of every answer, whatever was asked. */
export function assertSound(request: KitRequest, response: KitResponse): void {
  const what = `${request.method} ${request.target.slice(0, 80)} -> ${response.status}`
  const header = (name: string): string => response.headers[name] ?? ''
  assert.notEqual(response.status, 500, `${what}: ${response.body}`)
  assert.equal(header('x-content-type-options'), 'nosniff', what)
  assert.ok(header('cache-control') !== '', `${what} says nothing of caching`)
  const isPublic = header('cache-control').includes('public')
  if (isPublic) assert.ok(response.status === 200 && response.cookies.length === 0, `${what} must not be shared by caches`)
  else assert.match(header('cache-control'), /no-store/, what)
  if (request.method === 'HEAD' || response.status === 204) assert.equal(response.body, '', what)
  else if (response.body !== '') assert.match(header('content-type'), /; charset=utf-8$/, what)
  if (response.status >= 400) assertProblem(request, response, what)
  if (response.status === 401) assert.match(header('www-authenticate'), /^Bearer /, what)
  if (response.status === 429 || response.status === 503) assert.match(header('retry-after'), /^[1-9][0-9]*$/, what)
  if (response.status === 405) assert.ok(header('allow') !== '', what)
  for (const cookie of response.cookies) assertCookie(cookie)
}

/** RFC 9457; and no error repeats what was sent. */
function assertProblem(request: KitRequest, response: KitResponse, what: string): void {
  if (request.method === 'HEAD') return
  assert.match(response.headers['content-type'] ?? '', /^application\/problem\+json/, what)
  const problem = JSON.parse(response.body) as Record<string, unknown>
  assert.match(String(problem['type']), /^urn:sallyport:problem:[a-z-]+$/, what)
  assert.equal(problem['status'], response.status, what)
  assert.ok(typeof problem['title'] === 'string' && problem['title'] !== '', what)
  if (typeof request.body === 'string')
    for (const value of longTexts(request.body)) assert.equal(response.body.includes(value), false, `${what} repeats its input`)
  const authorization = request.headers['authorization']
  if (typeof authorization === 'string' && authorization.length > 20) assert.equal(response.body.includes(authorization.slice(7)), false, what)
}

/** OWASP ASVS 3.3.1 to 3.3.5. */
function assertCookie(cookie: string): void {
  const [pair = '', ...attributes] = cookie.split(';').map((part) => part.trim())
  const lower = attributes.map((attribute) => attribute.toLowerCase())
  assert.match(pair, /^__Host-[a-z-]+=/)
  assert.ok(pair.length <= MAX_COOKIE)
  for (const needed of ['path=/', 'secure', 'httponly']) assert.ok(lower.includes(needed), `${needed} is missing`)
  assert.ok(lower.some((attribute) => attribute === 'samesite=lax' || attribute === 'samesite=strict'))
  assert.ok(!lower.some((attribute) => attribute.startsWith('domain')))
  const maxAge = Number(lower.find((attribute) => attribute.startsWith('max-age='))?.slice(8))
  assert.ok(Number.isInteger(maxAge) && maxAge >= 0 && maxAge <= 400 * 86_400)
}

function longTexts(body: string): readonly string[] {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed !== 'object' || parsed === null) return []
    return Object.values(parsed).filter((value): value is string => typeof value === 'string' && value.length > 12)
  } catch {
    return []
  }
}
