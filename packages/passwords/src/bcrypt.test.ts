import { ConfigurationError, systemRandom } from '@sallyport/core'
import { hashSync } from 'bcryptjs'
import fc from 'fast-check'
import { createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { bcryptScheme, parseBcrypt } from './bcrypt.ts'
import { pepper } from './pepper.ts'

const scheme = bcryptScheme(4, { bcrypt: async (input, setting) => hashSync(input, setting), random: systemRandom })
const ours = pepper(Buffer.alloc(32, 7))
const imported = '$2b$04$abcdefghijklmnopqrstuu'
const plain = (password: string): string => hashSync(password, imported)

/** From the self-tests of crypt_blowfish, jBCrypt and passlib. */
it.each([
  ['a', '$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe'],
  ['abc', '$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i'],
  ['U*U', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['U*U', '$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['t\u00e1\u0411\u2113\u0259', '$2a$05$Z17AXnnlpzddNUvnC6cZNOSwMA/8oNiKnHTHTwLlBijfucQQlHjaG'],
  [
    '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored',
    '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui',
  ],
])('verifies an imported hash of %s: %s', async (password, encoded) => {
  const hash = scheme.read(encoded)
  expect(hash).toMatchObject({ keyId: null, current: false })
  expect(await hash?.matches(password, null)).toBe(true)
  expect(await hash?.matches(password.replace(/./u, 'X'), null)).toBe(false)
})

it('hashes base64(HMAC-SHA-384(pepper, password)) under a prefix of its own', async () => {
  const encoded = await scheme.hash('pässword', ours)
  const [, prefix = '', bcrypt = ''] = /^(\$bcrypt-hmac-sha384\$keyid=[A-Za-z0-9+/]{8})(\$2b\$04\$[./A-Za-z0-9]{53})$/.exec(encoded) ?? []
  expect(prefix).toContain(ours.keyId)
  const input = createHmac('sha384', ours.secret).update('pässword').digest('base64')
  expect(input).toHaveLength(64)
  expect(hashSync(input, bcrypt.slice(0, 29))).toBe(bcrypt)
  expect(scheme.read(encoded)).toMatchObject({ keyId: ours.keyId, current: true })
  expect(scheme.read(bcrypt)).toMatchObject({ keyId: null, current: false })
})

it('tells long passwords apart by their ends in hashes of ours, as it cannot in imported ones', async () => {
  const [long, longer] = [`${'é'.repeat(40)}a`, `${'é'.repeat(40)}b`]
  const hash = scheme.read(await scheme.hash(long, ours))
  expect(await Promise.all([hash?.matches(long, ours), hash?.matches(longer, ours)])).toEqual([true, false])
  expect(await scheme.read(plain(long))?.matches(longer, null)).toBe(true)
})

it('does not take the strings that bcrypt confuses with the right one', async () => {
  const hash = scheme.read(plain('ab'))
  expect(plain('ab\0ab')).toBe(plain('ab'))
  expect(await hash?.matches('ab\0ab', null)).toBe(false)
  expect(await hash?.matches('ab', null)).toBe(true)
  const replaced = scheme.read(plain('\ufffd'))
  expect(await replaced?.matches('\ud800', null)).toBe(false)
})

it.each([
  ['another kind', '$2x$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['no kind', '$2$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['a cost of years', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['a cost of no work', '$2b$03$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
  ['a lost character', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe'],
  ['a line end', '$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW\n'],
  ['a plain hash of another kind under our prefix', '$bcrypt-hmac-sha384$keyid=AAAAAAAA$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'],
])('does not read %s', (_, encoded) => {
  expect(scheme.read(encoded)).toBeNull()
})

it('throws at no stored string', () => {
  const anyString = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 60 }).map((points) => String.fromCodePoint(...points))
  const fragment = fc.constantFrom('$', '2b', '$2b$', '04', 'bcrypt-hmac-sha384', 'keyid=AAAAAAAA', 'C'.repeat(22), 'C'.repeat(31), '\n')
  const text = fc.oneof(
    anyString,
    fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join('')),
  )
  fc.assert(fc.property(text, (encoded) => void parseBcrypt(encoded)))
})

it('makes a salt that bcrypt reads as the same bytes', () =>
  fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 16, maxLength: 16 }), async (salt) => {
      const settings: string[] = []
      const spy = bcryptScheme(4, { bcrypt: async (_, setting) => `${settings.push(setting)}`, random: { bytes: () => salt } })
      await spy.hash('', ours)
      const { decodeBase64 } = await import('bcryptjs')
      expect(Uint8Array.from(decodeBase64(settings[0]?.slice(7) ?? '', 16))).toEqual(salt)
    }),
  ))

it('refuses a cost out of bounds', () => {
  for (const cost of [3, 16, 10.5, NaN])
    expect(() => bcryptScheme(cost, { bcrypt: async () => '', random: systemRandom })).toThrow(ConfigurationError)
})
