import { ConfigurationError } from '@sallyport/core'
import { expect, it } from 'vitest'
import { passwordBytes, pepper } from './pepper.ts'

it('gives one pepper one id, and different ones different ids', () => {
  const ids = [1, 1, 2].map((byte) => pepper(Buffer.alloc(32, byte)).keyId)
  expect(ids[0]).toMatch(/^[A-Za-z0-9+/]{8}$/)
  expect(ids[1]).toBe(ids[0])
  expect(ids[2]).not.toBe(ids[0])
})

it('refuses a pepper under 16 bytes', () => {
  expect(() => pepper(Buffer.alloc(15))).toThrow(ConfigurationError)
  expect(pepper(Buffer.alloc(16)).secret).toHaveLength(16)
})

it('gives different bytes to passwords that UTF-8 cannot tell apart', () => {
  const alike = ['\ud800', '\ud801', '\udc00', '\ufffd', 'a\ud800', 'a\ufffd', '\ud800\ud800']
  expect(new Set(alike.map((password) => Buffer.from(passwordBytes(password)).toString('hex'))).size).toBe(alike.length)
  expect(Buffer.from(passwordBytes('Größe 🐎'))).toEqual(Buffer.from('Größe 🐎'))
})
