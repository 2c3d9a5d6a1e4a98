import fc from 'fast-check'
import { isIP } from 'node:net'
import { describe, expect, it } from 'vitest'
import { displayNetwork, limitedNetwork } from './network.ts'

describe('limitedNetwork', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:CB00:7107', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::9', '2001:db8:1:2::/64'],
    ['2001:db8:1:2:ffff:ffff:ffff:ffff', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['1.2.3.4.5', 'unknown'],
    ['01.2.3.4', 'unknown'],
    ['1.2.3.256', 'unknown'],
    ['1.2.3.4:80', 'unknown'],
    ['2001:db8', 'unknown'],
    ['1::2::3', 'unknown'],
    ['', 'unknown'],
    ['x'.repeat(10_000), 'unknown'],
  ])('%s counts as %s', (address, network) => {
    expect(limitedNetwork(address)).toBe(network)
  })

  it('still counts without an address', () => {
    expect(limitedNetwork(null)).toBe('unknown')
  })

  it('agrees with node:net about what is an address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6(), fc.string(), fc.stringMatching(/^[0-9a-f:.]{1,20}$/)), (text) => {
        expect(limitedNetwork(text) !== 'unknown').toBe(isIP(text) !== 0)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('displayNetwork', () => {
  it('never shows the whole address', () => {
    expect(displayNetwork('203.0.113.7')).toBe('203.0.113.0/24')
    expect(displayNetwork('::ffff:203.0.113.7')).toBe('203.0.113.0/24')
    expect(displayNetwork('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1:2::/64')
    expect(displayNetwork('nonsense')).toBeNull()
  })
})
