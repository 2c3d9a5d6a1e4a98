import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalEmail } from './email.ts'

describe('canonicalEmail', () => {
  it.each([
    'ada@example.com',
    'Ada@Example.COM',
    '  ada@example.com\n',
    'ａｄａ@example.com',
    'ada@ＥＸＡＭＰＬＥ.com',
    'ada＠example.com',
    'ada@example。com',
  ])('%s is ada@example.com', (spelling) => {
    expect(canonicalEmail(spelling)).toBe('ada@example.com')
  })

  it('knows a domain by its ASCII form', () => {
    expect(canonicalEmail('a@bücher.example')).toBe('a@xn--bcher-kva.example')
    expect(canonicalEmail('a@BÜCHER.example')).toBe(canonicalEmail('a@xn--bcher-kva.example'))
  })

  it.each([
    '',
    'ada',
    '@example.com',
    'ada@',
    'ada@localhost',
    'ada@127.0.0.1',
    'ada@[127.0.0.1]',
    'ada@example.com.',
    'ada@.example.com',
    'ada@exa mple.com',
    'ada@example.com:25',
    'ada@example.com/x',
    'ada@exa%6dple.com',
    'ada@evil.com,bob@example.com',
    'ada@evil.com;bob@example.com',
    'ada@evil.com bob@example.com',
    'ada@evil＠example.com',
    'ada@evil.com@example.com',
    '"ada"@example.com',
    'ada..b@example.com',
    '.ada@example.com',
    'ada.@example.com',
    'Ada <ada@example.com>',
    'ada\u0000@example.com',
    'ada\u200b@example.com',
    'ada\r\nbcc:x@example.com',
    '\ud800@example.com',
    `${'a'.repeat(65)}@example.com`,
    `a@${'b'.repeat(64)}.com`,
    `a@${'b.'.repeat(130)}com`,
    'x'.repeat(100_000),
  ])('refuses %j', (text) => {
    expect(canonicalEmail(text)).toBeNull()
  })

  it('is its own fixed point, has one @, and never throws', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.tuple(fc.string({ unit: 'grapheme' }), fc.domain()).map(([local, domain]) => `${local}@${domain}`),
    )
    fc.assert(
      fc.property(text, (input) => {
        const canonical = canonicalEmail(input)
        if (canonical === null) return
        expect(canonicalEmail(canonical)).toBe(canonical)
        expect(canonical.split('@')).toHaveLength(2)
        expect(canonical).not.toMatch(/[\s,;<>"\\\p{C}]/u)
        if (/^[\x20-\x7e]+$/.test(canonical)) expect(canonicalEmail(canonical.toUpperCase())).toBe(canonical)
      }),
      { numRuns: 2000 },
    )
  })
})
