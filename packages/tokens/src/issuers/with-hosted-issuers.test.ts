import type { TokenChecker } from '@sallyport/core'
import { expect, test } from 'vitest'
import { forge, headerOf, ISSUER, newKey, NOW, testClock } from '../../test/fixtures.ts'
import { jwksOf } from '../../test/hosted.ts'
import { issuerServer, json } from '../../test/issuer-server.ts'
import { withHostedIssuers, type HostedSettings } from './with-hosted-issuers.ts'

const key = await newKey('ES256')
const own: TokenChecker = { check: () => null, checkStrictly: () => Promise.resolve(null) }
const settings: HostedSettings = { mode: 'test', publicUrl: ISSUER, hostedIssuers: [], maximumRevocationSeconds: 900, authorizerTtlSeconds: 60 }
const entry = (url: string) => ({
  preset: 'oidc',
  issuer: url,
  audience: 'api',
  jwksUri: `${url}/keys`,
  algorithms: ['ES256'],
  type: 'at+jwt',
  roles: 'groups',
})

test('without hosted issuers it is our own checker, and nothing else', () => {
  expect(withHostedIssuers({ own, settings, clock: testClock(), onError: () => expect.unreachable() })).toBe(own)
})

test('a hosted token is accepted until the revocation bound is used up, less what a gateway keeps, and never strictly', async () => {
  const server = await issuerServer(json(jwksOf(key)))
  try {
    const clock = testClock()
    const hosted = { ...settings, hostedIssuers: [entry(server.url)] }
    const { check, checkStrictly } = withHostedIssuers({ own, settings: hosted, clock, onError: () => expect.unreachable() })
    const token = forge(headerOf(key), { iss: server.url, sub: 'ada', aud: 'api', iat: NOW, exp: NOW + 3600, groups: ['editor'] }, key)
    expect(await check(token)).toMatchObject({ userId: `${server.url}|ada`, roles: ['editor'], expiresAt: (NOW + 840) * 1000 })
    expect(await checkStrictly?.(token)).toBeNull()
    clock.at = (NOW + 840) * 1000 - 1
    expect(await check(token)).not.toBeNull()
    clock.at = (NOW + 840) * 1000
    expect(await check(token)).toBeNull()
  } finally {
    await server.close()
  }
})

test('what cannot be does not start', () => {
  const make = (changes: Partial<HostedSettings>): TokenChecker =>
    withHostedIssuers({ own, settings: { ...settings, ...changes }, clock: testClock(), onError: () => undefined })
  const hostedIssuers = [entry('https://id.example.com')]
  expect(() => make({ hostedIssuers, authorizerTtlSeconds: 900 })).toThrow('leaves none for tokens of hosted issuers')
  expect(() => make({ hostedIssuers: [entry(ISSUER)] })).toThrow('Our own issuer is none of the hosted ones.')
  expect(() => make({ hostedIssuers: [...hostedIssuers, ...hostedIssuers] })).toThrow('each with an iss of its own')
  expect(() => make({ hostedIssuers: [{ preset: 'okta' }] })).toThrow('Hosted issuer 1: its preset is one of')
})
