import {
  claimsOf,
  HOUR,
  passwordIdentityKey,
  type Rotation,
  type Identity,
  type OneTimeToken,
  type Session,
  type SigningKey,
  type User,
} from '@sallyport/core'

export const NOW = 4_000_000_000_000
export const clock = { now: (): number => NOW }

export const user: User = {
  id: '0190a000-0000-7000-8000-000000000001',
  email: 'ada@example.org',
  emailVerified: true,
  name: 'Ada',
  roles: ['user'],
  status: 'active',
  attributes: {},
  version: 1,
  credentialsVersion: 1,
  createdAt: NOW,
  updatedAt: NOW,
}
export const identity: Identity = { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: '$secret-hash$', createdAt: NOW }
export const session: Session = {
  id: 'session-1',
  userId: user.id,
  secretHash: 'secret-hash',
  counter: 0,
  rotatedAt: NOW,
  createdAt: NOW,
  authenticatedAt: NOW,
  idleExpiresAt: NOW + HOUR,
  expiresAt: NOW + 2 * HOUR,
  credentialsVersion: 1,
  claims: claimsOf(user),
  client: { userAgent: null, network: null },
}
export const token: OneTimeToken = {
  userId: user.id,
  purpose: 'reset-password',
  hash: 'token-hash',
  payload: null,
  createdAt: NOW,
  expiresAt: NOW + HOUR,
}
export const signingKey: SigningKey = {
  generation: 1,
  kid: 'kid-1',
  algorithm: 'EdDSA',
  publicJwk: { kty: 'OKP', kid: 'kid-1', alg: 'EdDSA', use: 'sig' },
  wrappedPrivateKey: 'sealed',
  createdAt: NOW,
  activeFrom: NOW + HOUR,
  retiredAt: null,
}

/** The user and everything about it one version on. */
export const changed: User = { ...user, version: 2, name: 'Countess', credentialsVersion: 2 }
export const moved: User = { ...user, version: 2, email: 'ada@example.net' }
export const key: Pick<Rotation, 'userId' | 'sessionId'> = { userId: user.id, sessionId: session.id }
export const idleExpiresAt: number = NOW + HOUR + 1
export const rotation: Rotation = { ...key, counter: 0, graceMs: 10_000, idleExpiresAt }
