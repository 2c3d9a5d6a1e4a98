import { claimsOf, HOUR, passwordIdentityKey, type Identity, type OneTimeToken, type Session, type SigningKey, type User } from '@sallyport/core'

export const NOW = 1_900_000_000_000

export function newUser(id: string, changes: Partial<User> = {}): User {
  return {
    id,
    email: `${id}@example.org`,
    emailVerified: true,
    name: 'Ada',
    roles: ['user'],
    status: 'active',
    attributes: {},
    version: 1,
    credentialsVersion: 1,
    createdAt: NOW,
    updatedAt: NOW,
    ...changes,
  }
}

export function newIdentity(user: User, changes: Partial<Identity> = {}): Identity {
  return { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: `hash-of-${user.id}`, createdAt: NOW, ...changes }
}

export function newSession(user: User, id: string, changes: Partial<Session> = {}): Session {
  return {
    id,
    userId: user.id,
    secretHash: `secret-of-${id}`,
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

export function newToken(user: User, changes: Partial<OneTimeToken> = {}): OneTimeToken {
  return {
    userId: user.id,
    purpose: 'reset-password',
    hash: `token-of-${user.id}`,
    payload: null,
    createdAt: NOW,
    expiresAt: NOW + HOUR,
    ...changes,
  }
}

export function newKey(generation: number, kid: string): SigningKey {
  return {
    generation,
    kid,
    algorithm: 'EdDSA',
    publicJwk: { kty: 'OKP', kid, alg: 'EdDSA', use: 'sig' },
    wrappedPrivateKey: 'sealed',
    createdAt: NOW,
    activeFrom: NOW + HOUR,
    retiredAt: null,
  }
}
