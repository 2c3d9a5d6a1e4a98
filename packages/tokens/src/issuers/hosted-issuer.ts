import type { Json, Principal, SignatureAlgorithm } from '@sallyport/core'

/** The payload of a hosted token: these members are there with these types, everything else is as the issuer signed it. */
export interface HostedClaims {
  readonly iss: string
  readonly sub: string
  readonly iat: number
  readonly exp: number
  readonly [claim: string]: Json | undefined
}

/** Somebody who presented a hosted token. `userId` is `<issuer>|<subject>` and so never one of ours; `profile` is `null`. Frozen all the way down. */
export interface HostedPrincipal extends Principal {
  readonly issuer: string
  readonly subject: string
  /** Verified. What the issuer lets users write themselves (names, e-mail, custom attributes) is still only what they say of themselves. */
  readonly claims: HostedClaims
}

/** Whether this principal came with a hosted token. One that went through an authorizer's context has lost its claims and did not. */
export function isHostedPrincipal(principal: Principal): principal is HostedPrincipal {
  return 'issuer' in principal && 'claims' in principal
}

/** A JWK Set (RFC 7517 section 5) as an issuer publishes it. Each key is judged on its own: those that cannot be used are skipped. */
export interface JsonWebKeySet {
  readonly keys: readonly unknown[]
}

/** Where the keys of an issuer come from: fetched from there, or brought along at deploy. */
export type KeySetSource = { readonly url: string } | { readonly jwks: JsonWebKeySet }

/** Who the token is about: `realm` and `subject` together are unique and make the user id. */
export interface HostedIdentity {
  readonly realm: string
  readonly subject: string
}

/**
 * An issuer and everything that its tokens have to be: `auth0`, `cognito`, `firebase`, `identityPlatform`, `entra` and `oidc` make these. The functions are pure; `accepts`
 * is asked before the signature was checked, the others after.
 */
export interface HostedIssuer {
  /** The exact `iss`. */
  readonly issuer: string
  readonly keySet: KeySetSource
  /** The algorithms its keys may have; each key has one of them. */
  readonly algorithms: readonly SignatureAlgorithm[]
  /** The accepted `typ`, each in its exact spelling; `null` stands for a header without. */
  readonly types: readonly (string | null)[]
  /** Whether a key of the set, usable otherwise, is one for this issuer. */
  readonly acceptsKey: (jwk: Readonly<Record<string, unknown>>) => boolean
  /** Whether the token is for this service and of the right kind. Issuer, times and types of the required claims hold already. */
  readonly accepts: (claims: HostedClaims) => boolean
  /** `null` when the claims do not say: then the token is refused. */
  readonly identify: (claims: HostedClaims) => HostedIdentity | null
  /** `null` when the claim is not a list of texts: then the token is refused. */
  readonly roles: (claims: HostedClaims) => readonly string[] | null
}
