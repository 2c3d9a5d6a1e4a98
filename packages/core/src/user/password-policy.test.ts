import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizePassword, PASSWORD_MAX_CODE_POINTS, refusePassword, type PasswordPolicy } from './password-policy.ts'

const policy: PasswordPolicy = {
  minimumCodePoints: 15,
  common: { includes: (password) => password === 'qwertyuiopasdfgh' },
  contextWords: ['sallyport'],
}
const ada = { email: 'ada.lovelace@example.com', name: 'Ada King' }

describe('refusePassword', () => {
  it('counts code points, not code units', () => {
    expect(refusePassword('😀'.repeat(14), ada, policy)).toBe('too-short')
    expect(refusePassword('😀🎈🌊🔥🍀🐙🦊🌙⭐🍉🎲🎻🧭🪁🛶', ada, policy)).toBeNull()
  })

  it('counts after normalisation', () => {
    expect(refusePassword('e\u0301'.repeat(14), ada, policy)).toBe('too-short')
  })

  it.each([
    ['fourteen chars', 'too-short'],
    ['qwertyuiopasdfgh', 'common'],
    ['ada.lovelace@example.com', 'context'],
    ['lovelacelovelace1', 'context'],
    ['SallyPort-2026!!', 'context'],
    [`x${'y'.repeat(256)}`, 'too-long'],
    ['x'.repeat(1_000_000), 'too-long'],
    ['fifteen chars \ud800!', 'malformed'],
    ['correct horse battery', null],
    ['lovelace plus nine more', null],
    ['                !', null],
  ] as const)('%j: %s', (password, refusal) => {
    expect(refusePassword(password, ada, policy)).toBe(refusal)
  })

  it('accepts every composition that is long enough and well formed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 40, maxLength: 60 }), (password) => {
        expect([null, 'context']).toContain(refusePassword(password, { email: 'zzzz@zzzz.zz', name: null }, policy))
      }),
    )
  })
})

describe('normalizePassword', () => {
  it('is one form for what looks alike in NFKC, and is stable', () => {
    expect(normalizePassword('ｐａｓｓ')).toBe('pass')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (password) => {
        const normal = normalizePassword(password)
        if (normal !== null) expect(normalizePassword(normal)).toBe(normal)
      }),
    )
  })

  it('never truncates', () => {
    expect(normalizePassword('a'.repeat(PASSWORD_MAX_CODE_POINTS))).toHaveLength(PASSWORD_MAX_CODE_POINTS)
    expect(normalizePassword('a'.repeat(PASSWORD_MAX_CODE_POINTS + 1))).toBeNull()
    expect(normalizePassword('ﷺ'.repeat(20))).toBeNull()
  })
})
