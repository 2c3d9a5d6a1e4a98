import { expect, test } from 'vitest'
import { forwardedAddress } from './index.ts'

test.each([
  ['203.0.113.7', 1, '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7', 1, '203.0.113.7'],
  ['198.51.100.1, 203.0.113.7, 10.0.0.1', 2, '203.0.113.7'],
  ['203.0.113.7', 3, '203.0.113.7'],
  ['203.0.113.7:51234', 1, '203.0.113.7'],
  ['[2001:db8::1]:51234', 1, '2001:db8::1'],
  ['[2001:db8::1]', 1, '2001:db8::1'],
  ['2001:db8::1', 1, '2001:db8::1'],
  ['203.0.113.7,', 1, null],
  ['', 1, null],
])('%j, %i from the right, is %j', (header, fromRight, address) => {
  expect(forwardedAddress({ 'x-forwarded-for': header }, fromRight)).toBe(address)
})

test('lines are read in their order, and without any there is no address', () => {
  expect(forwardedAddress({ 'x-forwarded-for': ['198.51.100.1', '203.0.113.7'] }, 1)).toBe('203.0.113.7')
  expect(forwardedAddress({}, 1)).toBeNull()
})
