import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { weaknessOf } from './secret-strength.ts'

describe('a secret', () => {
  const encodings = ['hex', 'base64', 'base64url'] as const

  it.each(encodings)('of 32 random bytes in %s is taken', (encoding) => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 48 }), (bytes) => {
        // fast-check prefers small and equal bytes; what is tested here are random ones, so each is spread over all values.
        const spread = bytes.map((byte, index) => (byte * 167 + index * 101 + ((index * index * 13) % 251)) & 0xff)
        return weaknessOf(Buffer.from(spread).toString(encoding)) === null
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['', 'at least 32'],
    ['hunter2', 'at least 32'],
    ['k3J9xQv7Lm2Pz8Rt5Wn4Yb6Hd1Fg0Sc', 'at least 32'],
    ['0f1e2d3c4b5a69788796a5b4c3d2e1f0', 'at least 32'],
    ['0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1', 'at least 32'],
    ['changeme-changeme-changeme-changeme-changeme', 'not a sample'],
    ['ChangeMe7Lm2Pz8Rt5Wn4Yb6Hd1Fg0ScQv9xJ3k7Lm2Pz8', 'not a sample'],
    ['your-256-bit-k3J9xQv7Lm2Pz8Rt5Wn4Yb6Hd1Fg0Sc', 'not a sample'],
    ['my-very-secret-value-that-nobody-will-ever-guess', 'not a sample'],
    ['a'.repeat(64), 'repeats itself'],
    ['0'.repeat(64), 'repeats itself'],
    ['k3J9xQv7Lm2'.repeat(5), 'repeats itself'],
    ['ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789ABCDEFGHIJKL', 'not a sample'],
    ['zyxwvutsrqponmlkjihgfedcba9876543210ZYXWVUTSRQP', 'repeats itself'],
    ['xkkxxkxkkxxxkxkxkkkxxkxkkxkxkxxkkxkxxkkkxkxkxxkk', 'repeats itself'],
  ])('%s is refused: %s', (text, reason) => {
    expect(weaknessOf(text)).toContain(reason)
  })

  it('may be a long passphrase', () => {
    expect(weaknessOf('Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich')).toBeNull()
  })
})
