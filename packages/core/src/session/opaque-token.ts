import { nodeCrypto } from '../node-crypto.ts'
import type { Random } from '../ports/random.ts'
import type { SessionReference } from './credential-strategy.ts'
import type { SessionId } from './session.ts'

const SESSION_ID = /^[A-Za-z0-9_-]{21}[AQgw]$/
/** A user id (UUIDv7), a session id and a secret, each in its one spelling. */
const TOKEN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.[A-Za-z0-9_-]{21}[AQgw]\.[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/
const USER_END = 36
const SESSION_END = USER_END + 1 + 22
const LENGTH = SESSION_END + 1 + 43

export function newSessionId(random: Random): SessionId {
  return Buffer.from(random.bytes(16)).toString('base64url')
}

export function isSessionId(text: string): boolean {
  return SESSION_ID.test(text)
}

/** 256 random bits (OWASP ASVS 7.2.3) and what is stored of them. The secret needs no salt and no slow hash: it cannot be guessed. */
export function newSecret(random: Random): { secret: string; secretHash: string } {
  const secret = Buffer.from(random.bytes(32)).toString('base64url')
  return { secret, secretHash: secretHashOf(secret) }
}

export function secretHashOf(secret: string): string {
  return nodeCrypto.hash('sha256', secret, 'base64url')
}

/** `<user>.<session>.<secret>`: carries the primary key it is looked up by. */
export function formatOpaqueToken(session: { readonly userId: string; readonly id: SessionId }, secret: string): string {
  return `${session.userId}.${session.id}.${secret}`
}

/** `null` for every string that `formatOpaqueToken` cannot have made; there is one spelling of each token. */
export function parseOpaqueToken(token: string): (SessionReference & { readonly secretHash: string }) | null {
  if (token.length !== LENGTH || !TOKEN.test(token)) return null
  const userId = token.slice(0, USER_END)
  const sessionId = token.slice(USER_END + 1, SESSION_END)
  const secret = token.slice(SESSION_END + 1)
  return { userId, sessionId, secretHash: secretHashOf(secret) }
}
