import type { PublicJwk } from '@sallyport/core'

/** A JWK Set (RFC 7517 section 5) as `/.well-known/jwks.json` shows it. */
export interface PublicKeySet {
  readonly keys: readonly PublicJwk[]
}

/** In the order given. Members are picked, never removed, so nothing private can slip through. */
export function publicKeySet(keys: readonly PublicJwk[]): PublicKeySet {
  return { keys: keys.map(publicMembers) }
}

const MEMBERS = ['kty', 'kid', 'alg', 'use', 'crv', 'n', 'e', 'x', 'y'] as const

export function publicMembers(jwk: PublicJwk): PublicJwk {
  return Object.fromEntries(MEMBERS.filter((member) => jwk[member] !== undefined).map((member) => [member, jwk[member]])) as unknown as PublicJwk
}
