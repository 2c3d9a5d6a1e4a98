import { describe, expect, test } from 'vitest'
import { decider } from './decider.ts'

const COOKIE = '__Host-sallyport-access=t'
const CHANGING = ['POST', 'PUT', 'PATCH', 'DELETE', 'CONNECT', 'TRACE', 'PROPFIND', 'get', '']

const decide = decider({
  authorize: () => ({ allowed: true, principal: null }),
  clock: { now: () => 0 },
  transports: ['bearer', 'cookie'],
  publicUrl: 'https://auth.example.test',
  allowedOrigins: ['https://app.example.test'],
})

async function verdict(method: string, headers: Readonly<Record<string, string>>): Promise<string> {
  const ruling = await decide({ method, headers, requestId: 'r-1' }, { access: 'signed-in' })
  return ruling.allowed ? `allowed by ${ruling.transport}` : ruling.refusal
}

describe('a good cookie', () => {
  const pages: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ['a foreign page', { origin: 'https://evil.example' }],
    ['a page without an origin', { origin: 'null' }],
    ['a foreign page that is said to be ours', { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' }],
    ['our own name over http', { origin: 'http://auth.example.test' }],
    ['another port of ours', { origin: 'https://auth.example.test:8443' }],
    ['a name that begins like ours', { origin: 'https://auth.example.test.evil.example' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['a site that shares our domain', { 'sec-fetch-site': 'same-site' }],
    ['nobody knows where', {}],
  ]

  test.each(pages)('from %s changes nothing, by whatever method', async (_from, page) => {
    for (const method of CHANGING) expect(await verdict(method, { cookie: COOKIE, ...page }), method).toBe('cross-site')
  })

  test.each(pages)('from %s may be sent where nothing changes', async (_from, page) => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) expect(await verdict(method, { cookie: COOKIE, ...page }), method).toBe('allowed by cookie')
  })

  test.each([
    { origin: 'https://auth.example.test' },
    { origin: 'https://app.example.test' },
    { 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'none' },
  ])('may change things from %j', async (page) => {
    for (const method of CHANGING) expect(await verdict(method, { cookie: COOKIE, ...page }), method).toBe('allowed by cookie')
  })

  test('beside a good header is not asked about: no page of another site can write one', async () => {
    const headers = { cookie: COOKIE, authorization: 'Bearer t', origin: 'https://evil.example' }
    for (const method of CHANGING) expect(await verdict(method, headers), method).toBe('allowed by bearer')
  })
})
