import {
  claimsOf,
  HOUR,
  passwordIdentityKey,
  type Identity,
  type Instant,
  type OneTimeToken,
  type Session,
  type SigningKey,
  type User,
} from '@sallyport/core'

/** Ten years ahead of the machine: Redis's own expiry, which runs on its clock, removes nothing during a test. */
export const NOW: Instant = Date.now() + 10 * 365 * 24 * HOUR

let count = 0
const fresh = (name: string): string => `${name}-${process.pid}-${String(++count).padStart(6, '0')}`

export function newUser(): User {
  const id = fresh('user')
  return {
    id,
    email: `${id}@example.org`,
    emailVerified: false,
    name: 'Ada',
    roles: ['user'],
    status: 'active',
    attributes: {},
    version: 1,
    credentialsVersion: 1,
    createdAt: NOW,
    updatedAt: NOW,
  }
}

export function identityOf(user: User, changes: Partial<Identity> = {}): Identity {
  return { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: 'secret-password-hash', createdAt: NOW, ...changes }
}

export function nextVersion(user: User, changes: Partial<User> = {}): User {
  return { ...user, version: user.version + 1, ...changes }
}

export function newSession(user: User, changes: Partial<Session> = {}): Session {
  return {
    id: fresh('session'),
    userId: user.id,
    secretHash: 'secret-session-hash',
    counter: 0,
    rotatedAt: NOW,
    createdAt: NOW,
    authenticatedAt: NOW,
    idleExpiresAt: NOW + HOUR,
    expiresAt: NOW + 24 * HOUR,
    credentialsVersion: user.credentialsVersion,
    claims: claimsOf(user),
    client: { userAgent: null, network: null },
    ...changes,
  }
}

export function newToken(user: User): OneTimeToken {
  return { userId: user.id, purpose: 'reset-password', hash: fresh('secret-token-hash'), payload: null, createdAt: NOW, expiresAt: NOW + HOUR }
}

export function newKey(generation: number): SigningKey {
  const kid = fresh('kid')
  return {
    generation,
    kid,
    algorithm: 'EdDSA',
    publicJwk: { kty: 'OKP', kid, alg: 'EdDSA', use: 'sig' },
    wrappedPrivateKey: 'sealed',
    createdAt: NOW,
    activeFrom: NOW,
    retiredAt: null,
  }
}
