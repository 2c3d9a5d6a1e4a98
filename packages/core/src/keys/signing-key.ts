import type { Instant } from '../instant.ts'

export type SignatureAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

/** The public members of a JWK (RFC 7517); never a private one. */
export interface PublicJwk {
  readonly kty: string
  readonly kid: string
  readonly alg: SignatureAlgorithm
  readonly use: 'sig'
  readonly n?: string
  readonly e?: string
  readonly crv?: string
  readonly x?: string
  readonly y?: string
}

/**
 * One generation of the signing key. Which generation is next, current or previous follows from the times alone, so that all instances agree
 * without talking to one another: see `keyRoles`.
 */
export interface SigningKey {
  /** 1, 2, 3 …: inserted if absent, so that parallel starts converge on one key. */
  readonly generation: number
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
  readonly publicJwk: PublicJwk
  /** The private JWK, sealed by the `KeyWrapper`; `null` once retired. */
  readonly wrappedPrivateKey: string | null
  readonly createdAt: Instant
  /** Signs from this instant on; published before it. */
  readonly activeFrom: Instant
  /** When it was retired, by the clock of whoever did: it neither signs nor verifies. `null` while it is good. */
  readonly retiredAt: Instant | null
}
