import { assert, property, string, array, nat, constantFrom } from 'fast-check'
import { expect, test } from 'vitest'
import { clientAddress } from './client-address.ts'

const ADDRESS = '203.0.113.7'

test('whatever a client writes into X-Forwarded-For, its address is the one that the trusted hops wrote', () => {
  const written = array(string({ unit: constantFrom(',', ' ', ';', '1', '.', ':', 'a', '[', '"') }), { maxLength: 4 })
  assert(
    property(written, nat({ max: 3 }), (lines, hops) => {
      const byProxies = [ADDRESS, ...Array.from({ length: hops }, (_, hop) => `10.0.0.${hop}`)].join(', ')
      // A proxy appends to the last line, or adds one of its own.
      const appended = lines.length === 0 ? byProxies : [...lines.slice(0, -1), `${lines.at(-1)}, ${byProxies}`]
      for (const forwarded of [appended, [...lines, byProxies]])
        expect(clientAddress({ 'x-forwarded-for': forwarded }, '127.0.0.1', hops)).toBe(ADDRESS)
    }),
  )
})
