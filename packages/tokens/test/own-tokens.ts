import {
  jwtStrategy,
  recentChanges,
  systemRandom,
  type Claims,
  type Clock,
  type CredentialStrategy,
  type KeyRing,
  type RoleScopes,
  type Session,
  type SessionStore,
} from '@sallyport/core'
import { tokenSigner } from '../src/token-signer.ts'
import { AUDIENCE, NOW, verifierOf, type TestKey } from './fixtures.ts'

/** A session that lives at {@link NOW}. */
export function sampleSession({ claims, ...changes }: Partial<Omit<Session, 'claims'>> & { readonly claims?: Partial<Claims> } = {}): Session {
  return {
    id: 'w2cBHMkYPDdGIuIcYVK2cA',
    userId: '01890a5d-ac96-774b-bcce-b302099a8057',
    secretHash: null,
    counter: 0,
    rotatedAt: NOW * 1000,
    createdAt: NOW * 1000,
    authenticatedAt: (NOW - 60) * 1000,
    idleExpiresAt: (NOW + 10_000) * 1000,
    expiresAt: (NOW + 100_000) * 1000,
    credentialsVersion: 1,
    claims: { version: 3, email: 'a@example.com', emailVerified: true, name: null, roles: [], attributes: {}, ...claims },
    client: { userAgent: null, network: null },
    ...changes,
  }
}

export interface IssuingOptions {
  readonly key: TestKey
  readonly clock: Clock
  readonly issuer: string
  readonly roleScopes: RoleScopes
  readonly profileInToken: boolean
}

/** The jwt strategy as far as it issues and checks access tokens: it has no store. */
export function issuingStrategy({ key, clock, issuer, roleScopes, profileInToken }: IssuingOptions): CredentialStrategy {
  return jwtStrategy({
    sessions: {} as SessionStore,
    recent: recentChanges({ clock, tokenLifeSeconds: 300 }),
    keys: { refreshIfDue: () => null, signingKey: () => Promise.resolve(key.privateKey) } as unknown as KeyRing,
    signer: tokenSigner(),
    verifier: verifierOf([key], { clock, issuer }),
    clock,
    random: systemRandom,
    lifetimes: { accessTokenSeconds: 300, idleSeconds: 10_000, absoluteSeconds: 100_000, refreshGraceSeconds: 10 },
    refreshSecrets: ['a secret of some length for the test'],
    roleScopes,
    issuer,
    audience: AUDIENCE,
    clientId: 'sallyport',
    profileInToken,
  })
}
