import { ConfigurationError, InvariantError, systemRandom } from '@sallyport/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { aesKeyWrapper } from './aes-key-wrapper.ts'

const secret = systemRandom.bytes(32)
const other = 'another secret of at least thirty-two bytes'
const wrapper = aesKeyWrapper({ secret, random: systemRandom })

test('opens what it sealed, and seals the same text differently each time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), async (plain, kid) => {
      const sealed = await wrapper.wrap(plain, kid)
      expect(sealed).not.toBe(await wrapper.wrap(plain, kid))
      expect(await wrapper.unwrap(sealed, kid)).toBe(plain)
    }),
  )
})

test('opens under no other kid', async () => {
  const sealed = await wrapper.wrap('{"d":"x"}', 'kid')
  for (const kid of ['', 'Kid', 'kid ', 'kid2']) await expect(wrapper.unwrap(sealed, kid)).rejects.toThrow(ConfigurationError)
})

test('opens with no other secret, and with a previous one after a rotation', async () => {
  const sealed = await wrapper.wrap('plain', 'kid')
  const rotated = aesKeyWrapper({ secret: other, previousSecrets: [secret], random: systemRandom })
  await expect(aesKeyWrapper({ secret: other, random: systemRandom }).unwrap(sealed, 'kid')).rejects.toThrow(ConfigurationError)
  expect(await rotated.unwrap(sealed, 'kid')).toBe('plain')
  const resealed = await rotated.wrap('plain', 'kid')
  expect(await aesKeyWrapper({ secret: Buffer.from(other), random: systemRandom }).unwrap(resealed, 'kid')).toBe('plain')
  await expect(wrapper.unwrap(resealed, 'kid')).rejects.toThrow(ConfigurationError)
})

test('no change of one character opens', async () => {
  const sealed = await wrapper.wrap('plain', 'kid')
  for (let at = 0; at <= sealed.length; at++) {
    for (const letter of ['', 'A', 'B', '-', '.', '=', '\n', '\u0141']) {
      for (const changed of [sealed.slice(0, at) + letter + sealed.slice(at + 1), sealed.slice(0, at) + letter + sealed.slice(at)]) {
        if (changed !== sealed) await expect(wrapper.unwrap(changed, 'kid')).rejects.toThrow(ConfigurationError)
      }
    }
  }
})

test('refuses a short secret, and a generator that returns another number of bytes', async () => {
  const short = 'x'.repeat(31)
  expect(() => aesKeyWrapper({ secret: short, random: systemRandom })).toThrow(ConfigurationError)
  expect(() => aesKeyWrapper({ secret, previousSecrets: [short], random: systemRandom })).toThrow(ConfigurationError)
  const broken = aesKeyWrapper({ secret, random: { bytes: () => new Uint8Array(0) } })
  await expect(broken.wrap('plain', 'kid')).rejects.toThrow(InvariantError)
})

test('neither the sealed text nor an error shows the secret or what was sealed', async () => {
  const sealed = await aesKeyWrapper({ secret: other, random: systemRandom }).wrap('plain', 'kid')
  const failure = (await wrapper.unwrap(sealed, 'kid').catch((error: unknown) => error)) as Error
  for (const text of [sealed, failure.message]) {
    expect(text).not.toContain(other)
    expect(text).not.toContain('plain')
  }
})
