import { generateKeyPairSync } from 'node:crypto'
import type { PublicJwk } from '@sallyport/core'
import { expect, test } from 'vitest'
import { publicKeySet } from './public-key-set.ts'

test('shows public members only, whatever it is given (RFC 7517 section 9.3)', () => {
  const named = { kid: 'a', use: 'sig', key_ops: ['sign'], oth: [], wrappedPrivateKey: 'sealed' }
  const rsa = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), ...named, alg: 'RS256' }
  const ec = { ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' }), ...named, alg: 'ES256' }
  const okp = { ...generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' }), ...named, alg: 'EdDSA' }
  const shown = publicKeySet([rsa, ec, okp] as unknown as PublicJwk[])
  expect(shown.keys.map((key) => Object.keys(key).toSorted())).toEqual([
    ['alg', 'e', 'kid', 'kty', 'n', 'use'],
    ['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'],
    ['alg', 'crv', 'kid', 'kty', 'use', 'x'],
  ])
})

test('keeps the order, and is an empty set without keys', () => {
  const key = (kid: string): PublicJwk => ({ kty: 'OKP', crv: 'Ed25519', x: 'AA', kid, alg: 'EdDSA', use: 'sig' })
  expect(publicKeySet([key('b'), key('a')]).keys.map(({ kid }) => kid)).toEqual(['b', 'a'])
  expect(publicKeySet([])).toEqual({ keys: [] })
})
