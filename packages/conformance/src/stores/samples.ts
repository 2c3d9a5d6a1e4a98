import { createHash, randomBytes } from 'node:crypto'
import {
  claimsOf,
  passwordIdentityKey,
  DAY,
  HOUR,
  MINUTE,
  type Clock,
  type Identity,
  type OneTimeToken,
  type Session,
  type SigningKey,
  type User,
  type UserId,
} from '@sallyport/core'

/** A fresh id (RFC 9562 section 5.7): no two clauses ever share a user. */
export function newUserId(clock: Clock): UserId {
  const time = clock.now().toString(16).padStart(12, '0')
  const random = randomBytes(10).toString('hex')
  return `${time.slice(0, 8)}-${time.slice(8)}-7${random.slice(0, 3)}-8${random.slice(3, 6)}-${random.slice(6, 18)}`
}

/** Fresh text for secrets, hashes, attempts and keys. */
export function newToken(): string {
  return randomBytes(16).toString('base64url')
}

export function newHash(): string {
  return createHash('sha256').update(randomBytes(32)).digest('base64url')
}

export function newUser(clock: Clock, changes: Partial<User> = {}): User {
  const id = newUserId(clock)
  return {
    id,
    email: `${id}@example.org`,
    emailVerified: false,
    name: 'Ada Lovelace',
    roles: ['user', 'editor'],
    status: 'active',
    attributes: { plan: 'free', seats: 3, tags: ['a', 'b'], nested: { deep: null } },
    version: 1,
    credentialsVersion: 1,
    createdAt: clock.now(),
    updatedAt: clock.now(),
    ...changes,
  }
}

export function newIdentity(user: User, changes: Partial<Identity> = {}): Identity {
  return { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: `$argon2id$${newToken()}`, createdAt: user.createdAt, ...changes }
}

/** The user one version further. */
export function nextVersion(user: User, changes: Partial<User> = {}): User {
  return { ...user, version: user.version + 1, ...changes }
}

/** Idle for an hour, over after thirty days. */
export function newSession(clock: Clock, user: User, changes: Partial<Session> = {}): Session {
  const now = clock.now()
  return {
    id: newToken(),
    userId: user.id,
    secretHash: newHash(),
    counter: 0,
    rotatedAt: now,
    createdAt: now,
    authenticatedAt: now,
    idleExpiresAt: now + HOUR,
    expiresAt: now + 30 * DAY,
    credentialsVersion: user.credentialsVersion,
    claims: claimsOf(user),
    client: { userAgent: 'Mozilla/5.0 (X11; Linux x86_64)', network: '192.0.2.0/24' },
    ...changes,
  }
}

export function newOneTimeToken(clock: Clock, userId: UserId, changes: Partial<OneTimeToken> = {}): OneTimeToken {
  const now = clock.now()
  return { userId, purpose: 'reset-password', hash: newHash(), payload: null, createdAt: now, expiresAt: now + 30 * MINUTE, ...changes }
}

export function newSigningKey(clock: Clock, generation: number, changes: Partial<SigningKey> = {}): SigningKey {
  const kid = newHash()
  return {
    generation,
    kid,
    algorithm: 'ES256',
    publicJwk: { kty: 'EC', kid, alg: 'ES256', use: 'sig', crv: 'P-256', x: newHash(), y: newHash() },
    wrappedPrivateKey: `sealed.${newToken()}`,
    createdAt: clock.now(),
    activeFrom: clock.now() + HOUR,
    retiredAt: null,
    ...changes,
  }
}
