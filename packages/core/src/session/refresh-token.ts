import { nodeCrypto } from '../node-crypto.ts'
import { isUuidV7 } from '../user/uuid-v7.ts'
import type { UserId } from '../user/user.ts'
import { isSessionId } from './opaque-token.ts'
import type { SessionId } from './session.ts'

const COUNTER = /^(?:0|[1-9][0-9]{0,14})$/
const MAX_LENGTH = 36 + 1 + 22 + 1 + 15 + 1 + 43

export interface RefreshTokenContent {
  readonly userId: UserId
  readonly sessionId: SessionId
  readonly counter: number
}

/** The secrets under which refresh tokens are made (the first) and accepted (all): a secret is rotated by putting a new one in front. */
export type RefreshSecrets = readonly [string, ...string[]]

/**
 * `<user>.<session>.<counter>.<mac>`. The mac makes forged tokens worthless before a store is asked, and makes the successor a function of session
 * and counter: whoever loses a race for the rotation derives the very same token, and no token is ever stored.
 */
export function formatRefreshToken(content: RefreshTokenContent, secrets: RefreshSecrets): string {
  const text = `${content.userId}.${content.sessionId}.${content.counter}`
  return `${text}.${mac(text, secrets[0])}`
}

/** `null` for every string that was not made with one of the secrets; compared in constant time, as text, so that there is one spelling of each token. */
export function parseRefreshToken(token: string, secrets: RefreshSecrets): RefreshTokenContent | null {
  if (token.length > MAX_LENGTH) return null
  const parts = token.split('.')
  const [userId, sessionId, counter, given] = parts
  if (parts.length !== 4 || userId === undefined || sessionId === undefined || counter === undefined || given === undefined) return null
  if (!isUuidV7(userId) || !isSessionId(sessionId) || !COUNTER.test(counter)) return null
  const text = `${userId}.${sessionId}.${counter}`
  return secrets.some((secret) => equal(given, mac(text, secret))) ? { userId, sessionId, counter: Number(counter) } : null
}

function mac(text: string, secret: string): string {
  return nodeCrypto.createHmac('sha256', secret).update('sallyport refresh v1\n').update(text).digest('base64url')
}

function equal(given: string, expected: string): boolean {
  const a = Buffer.from(given)
  const b = Buffer.from(expected)
  return a.length === b.length && nodeCrypto.timingSafeEqual(a, b)
}
