import { expect, test } from 'vitest'
import { forge, newKey, NOW, testClock } from '../../test/fixtures.ts'
import { hostedHeader, jwksOf, services } from '../../test/hosted.ts'
import { hostedIssuers } from './hosted-issuers.ts'

const key = await newKey('ES256')
const issuers = services.oidc.issuers(jwksOf(key))
const checker = hostedIssuers({ issuers, clock: testClock() })
const { claims } = services.oidc

test('the token whose claims are changed below is good', () => {
  expect(checker.check(forge(hostedHeader(key), claims, key))).not.toBe(null)
})

const times: readonly [string, string][] = [
  ['expired now', `{"exp":${NOW}}`],
  ['expired long ago', '{"exp":1}'],
  ['never expires: 1e999', '{"exp":1e999}'],
  ['exp of zero', '{"exp":0}'],
  ['exp as text', `{"exp":"${NOW + 60}"}`],
  ['exp with a fraction', `{"exp":${NOW}.5}`],
  ['exp beyond what a number can count', '{"exp":9007199254740993}'],
  ['exp negative', '{"exp":-1}'],
  ['exp null', '{"exp":null}'],
  ['exp a list', `{"exp":[${NOW + 60}]}`],
  ['iat in the future', `{"iat":${NOW + 61}}`],
  ['iat as text', `{"iat":"${NOW}"}`],
  ['iat null', '{"iat":null}'],
  ['nbf in the future', `{"nbf":${NOW + 61}}`],
  ['nbf 1e999', '{"nbf":1e999}'],
  ['nbf null', '{"nbf":null}'],
  ['auth_time in the future', `{"auth_time":${NOW + 61}}`],
  ['auth_time as text', `{"auth_time":"${NOW}"}`],
  ['sub a number', '{"sub":7}'],
  ['sub empty', '{"sub":""}'],
  ['sub longer than subjects are', `{"sub":"${'s'.repeat(256)}"}`],
  ['aud empty', '{"aud":[]}'],
  ['aud with a number', '{"aud":["posts-api",7]}'],
  ['aud an object', '{"aud":{"0":"posts-api"}}'],
]

test.each(times)('%s', (_what, changes) => {
  // Put together as text: JSON.stringify would make null of 1e999.
  const text = `${JSON.stringify(claims).slice(0, -1)},${changes.slice(1)}`
  expect(checker.check(forge(hostedHeader(key), text, key))).toBe(null)
})

test.each(['exp', 'iat', 'iss', 'aud', 'sub'])('without %s', (name) => {
  expect(checker.check(forge(hostedHeader(key), { ...claims, [name]: undefined }, key))).toBe(null)
})

test('clocks may differ by the leeway, exp has none', () => {
  expect(checker.check(forge(hostedHeader(key), { ...claims, iat: NOW + 60, nbf: NOW + 60, auth_time: NOW + 60 }, key))).not.toBe(null)
  const exact = hostedIssuers({ issuers, clock: testClock(), leewaySeconds: 0 })
  for (const name of ['iat', 'nbf', 'auth_time']) expect(exact.check(forge(hostedHeader(key), { ...claims, [name]: NOW + 1 }, key))).toBe(null)
  expect(exact.check(forge(hostedHeader(key), { ...claims, exp: NOW + 1 }, key))).not.toBe(null)
})

test('a repeated claim counts once, as its last value, like in jose', () => {
  const doubled = (first: string): string => JSON.stringify(claims).replace('{', `{${first},`)
  expect(checker.check(forge(hostedHeader(key), doubled('"exp":1,"realm_access":{"roles":["admin"]}'), key))).toMatchObject({ roles: ['editor'] })
})

test('a payload with __proto__ gives nothing to the object it becomes', () => {
  const text = JSON.stringify({ ...claims, realm_access: undefined, scope: undefined }).replace(
    '{',
    '{"__proto__":{"scope":"admin","sid":"x","aud":"posts-api"},',
  )
  expect(checker.check(forge(hostedHeader(key), text, key))).toMatchObject({ roles: [], scopes: [] })
  const withoutAudience = text.replace('"aud":["account","posts-api"],', '')
  expect(checker.check(forge(hostedHeader(key), withoutAudience, key))).toBe(null)
})
