import { generateKeyPairSync, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { derFromRaw, rawFromDer } from './ecdsa-signature.ts'

const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const half = fc.tuple(fc.nat(31), fc.uint8Array({ minLength: 32, maxLength: 32 })).map(([zeros, bytes]) => {
  const value = Buffer.from(bytes).fill(0, 0, zeros)
  value[0]! &= 0x7f
  value[31]! |= 1
  return value
})

test('r and s keep their value through DER, with leading zeros and with the top bit set', () => {
  fc.assert(
    fc.property(half, half, (r, s) => {
      const raw = Buffer.concat([r, s])
      expect(rawFromDer(derFromRaw(raw)!)).toEqual(raw)
    }),
  )
})

test('is what OpenSSL makes and takes', () => {
  for (let round = 0; round < 300; round++) {
    const data = Buffer.from(`message ${round}`)
    const raw = sign('sha256', data, { key: privateKey, dsaEncoding: 'ieee-p1363' })
    expect(verify('sha256', data, publicKey, derFromRaw(raw)!)).toBe(true)
    const der = sign('sha256', data, privateKey)
    expect(derFromRaw(rawFromDer(der))).toEqual(der)
    expect(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, rawFromDer(der))).toBe(true)
  }
})

test('refuses zero, the order of the curve and above, and other lengths', () => {
  const order = Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551', 'hex')
  const one = Buffer.concat([Buffer.alloc(31), Buffer.from([1])])
  const largest = Buffer.from(order)
  largest[31]! -= 1
  expect(derFromRaw(Buffer.concat([one, largest]))).not.toBe(null)
  for (const bad of [Buffer.alloc(32), order, Buffer.alloc(32, 0xff)]) {
    expect(derFromRaw(Buffer.concat([bad, one]))).toBe(null)
    expect(derFromRaw(Buffer.concat([one, bad]))).toBe(null)
  }
  for (const length of [0, 32, 63, 65, 72]) expect(derFromRaw(Buffer.alloc(length, 1))).toBe(null)
})
