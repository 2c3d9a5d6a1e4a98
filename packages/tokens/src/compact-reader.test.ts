import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeSegment } from './compact-jws.ts'
import { compactReader } from './compact-reader.ts'

const reader = compactReader()

function fast(segment: string): Buffer | null {
  return reader.take(`.${segment}`) ? reader.signature(`.${segment}`, 1) : null
}

test('accepts the segments that encode again to themselves and no other', () => {
  const nearly = fc.tuple(fc.uint8Array({ maxLength: 20 }), fc.nat(30), fc.string({ unit: 'binary', maxLength: 1 })).map(([bytes, at, letter]) => {
    const segment = Buffer.from(bytes).toString('base64url')
    return segment.slice(0, at) + letter + segment.slice(at + letter.length)
  })
  const segment = fc.oneof(
    nearly,
    fc.base64String(),
    fc.string({ unit: fc.constantFrom('A', 'B', '-', '_', '+', '/', '=', '\n', '\u0141', '.'), maxLength: 9 }),
  )
  fc.assert(
    fc.property(segment, (text) => {
      expect(fast(text)).toEqual(decodeSegment(text))
    }),
    { numRuns: 5000 },
  )
})

test('spare bits, for every last letter of every length', () => {
  for (const start of ['', 'A', 'AA', 'AAA', 'AAAA']) {
    for (let code = 0; code < 0x180; code++) {
      const text = start + String.fromCharCode(code)
      expect(fast(text)).toEqual(decodeSegment(text))
    }
  }
})
