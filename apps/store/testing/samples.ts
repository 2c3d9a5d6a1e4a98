import { randomBytes } from 'node:crypto'
import {
  claimsOf,
  HOUR,
  passwordIdentityKey,
  systemClock,
  systemRandom,
  uuidV7,
  type Identity,
  type Session,
  type SigningKey,
  type Stores,
  type User,
} from '@sallyport/core'

const NOW: number = Date.now()

/** Parts of what must never be printed. */
export const SECRETS: readonly string[] = ['sample-password-hash', 'sample-secret-hash', 'sample-sealed-key', '@example.org']

export function newUser(changes: Partial<User> = {}): User {
  const id = uuidV7(systemClock, systemRandom)
  return {
    id,
    email: `${id}@example.org`,
    emailVerified: true,
    name: 'Ada "the first" 🗝',
    roles: ['user', 'admin'],
    status: 'active',
    attributes: { plan: { seats: 3, trial: null } },
    version: 1,
    credentialsVersion: 1,
    createdAt: NOW - HOUR,
    updatedAt: NOW,
    ...changes,
  }
}

export function identityOf(user: User): Identity {
  return { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: `sample-password-hash ${user.id}`, createdAt: user.createdAt }
}

export function newSession(user: User, changes: Partial<Session> = {}): Session {
  return {
    id: randomBytes(16).toString('base64url'),
    userId: user.id,
    secretHash: 'sample-secret-hash',
    counter: 3,
    rotatedAt: NOW - 1000,
    createdAt: NOW - HOUR,
    authenticatedAt: NOW - HOUR,
    idleExpiresAt: NOW + HOUR,
    expiresAt: NOW + 24 * HOUR,
    credentialsVersion: user.credentialsVersion,
    claims: claimsOf(user),
    client: { userAgent: 'curl', network: '203.0.113.0/24' },
    ...changes,
  }
}

export function newKey(generation: number, changes: Partial<SigningKey> = {}): SigningKey {
  const kid = randomBytes(32).toString('base64url')
  return {
    generation,
    kid,
    algorithm: 'EdDSA',
    publicJwk: { kty: 'OKP', kid, alg: 'EdDSA', use: 'sig', crv: 'Ed25519', x: 'public' },
    wrappedPrivateKey: 'sample-sealed-key',
    createdAt: NOW,
    activeFrom: NOW,
    retiredAt: null,
    ...changes,
  }
}

/** Stores a user as it is after `credentialsVersion - 1` changes of its password, with live sessions. */
export async function seedUser(
  stores: Stores,
  changes: Partial<User> = {},
  sessionCount = 1,
): Promise<{ readonly user: User; readonly sessions: readonly Session[] }> {
  const user = newUser(changes)
  await stores.users.create(user, identityOf(user))
  if (user.credentialsVersion > 1) await stores.sessions.endAll({ userId: user.id, floor: user.credentialsVersion, except: null })
  const sessions = Array.from({ length: sessionCount }, () => newSession(user))
  for (const session of sessions) await stores.sessions.create(session)
  return { user, sessions }
}
