import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { systemRandom } from '../ports/random.ts'
import { uuidV7 } from '../user/uuid-v7.ts'
import { formatOpaqueToken, newSecret, newSessionId, parseOpaqueToken, secretHashOf } from './opaque-token.ts'
import { formatRefreshToken, parseRefreshToken } from './refresh-token.ts'

const userId = uuidV7({ now: () => 1_800_000_000_000 }, systemRandom)
const id = newSessionId(systemRandom)

/** Every string that differs from `token` in one place: replaced, removed, doubled, with something put in. */
function* neighbours(token: string): Generator<string> {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_. =\n+/'
  for (let at = 0; at <= token.length; at++) {
    yield token.slice(0, at) + token.slice(at + 1)
    for (const char of alphabet) {
      yield token.slice(0, at) + char + token.slice(at)
      yield token.slice(0, at) + char + token.slice(at + 1)
    }
  }
}

describe('opaque token', () => {
  const { secret, secretHash } = newSecret(systemRandom)
  const token = formatOpaqueToken({ userId, id }, secret)

  it('is read back, with the hash and without the secret', () => {
    expect(parseOpaqueToken(token)).toEqual({ userId, sessionId: id, secretHash })
    expect(secretHashOf(secret)).toBe(secretHash)
    expect(secret).toHaveLength(43)
  })

  it('has one spelling: no neighbour names the same session with the same hash', () => {
    for (const other of neighbours(token)) {
      if (other === token) continue
      const parsed = parseOpaqueToken(other)
      if (parsed !== null) expect(parsed).not.toEqual({ userId, sessionId: id, secretHash })
    }
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parseOpaqueToken(text)).toBeNull()
      }),
    )
  })
})

describe('refresh token', () => {
  const secrets = ['an older secret of enough length', 'another'] as const
  const content = { userId, sessionId: id, counter: 12 }
  const token = formatRefreshToken(content, [secrets[0]])

  it('is read back', () => {
    expect(parseRefreshToken(token, [secrets[0]])).toEqual(content)
  })

  it('is accepted under an earlier secret and made under the first', () => {
    expect(parseRefreshToken(token, [secrets[1], secrets[0]])).toEqual(content)
    expect(parseRefreshToken(token, [secrets[1]])).toBeNull()
    expect(formatRefreshToken(content, [secrets[1], secrets[0]])).not.toBe(token)
  })

  it('no neighbour is accepted', () => {
    for (const other of neighbours(token)) {
      if (other !== token) expect(parseRefreshToken(other, [secrets[0]])).toBeNull()
    }
  })

  it('the mac covers each part', () => {
    const mac = token.slice(token.lastIndexOf('.') + 1)
    for (const text of [
      `${userId}.${id}.13`,
      `${userId}.${newSessionId(systemRandom)}.12`,
      `${uuidV7({ now: () => 5 }, systemRandom)}.${id}.12`,
      `${userId}.${id}.012`,
      `${userId}.${id}.1e1`,
    ]) {
      expect(parseRefreshToken(`${text}.${mac}`, [secrets[0]])).toBeNull()
    }
  })

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(parseRefreshToken(text, [secrets[0]])).toBeNull()
      }),
    )
  })
})
