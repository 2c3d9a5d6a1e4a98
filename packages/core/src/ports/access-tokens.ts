import type { PublicJwk, SignatureAlgorithm } from '../keys/signing-key.ts'
import type { Json } from '../user/user.ts'

/** The payload of an access token (RFC 9068 section 2.2). Times are whole seconds since 1970, as JWT wants them. */
export interface AccessTokenPayload {
  readonly iss: string
  readonly sub: string
  readonly aud: string | readonly string[]
  readonly client_id: string
  readonly iat: number
  readonly exp: number
  readonly jti: string
  readonly sid: string
  readonly auth_time: number
  readonly scope?: string
  readonly roles?: readonly string[]
  readonly [claim: string]: Json | undefined
}

/** A private key that is ready to sign; the adapter's own, opaque to the core. */
export interface PrivateKey {
  readonly kid: string
  readonly algorithm: SignatureAlgorithm
  readonly handle: unknown
}

/** Makes keys and signs with them. */
export interface TokenSigner {
  /** A fresh pair; `kid` is the RFC 7638 thumbprint. RSA of 2048 bits, P-256 or Ed25519 by the algorithm. `privateJwk` is JSON text, for the `KeyWrapper` only. */
  generate(algorithm: SignatureAlgorithm): Promise<{ readonly publicJwk: PublicJwk; readonly privateJwk: string }>
  /** Reads what `generate` returned. Throws `InvariantError` when it does not belong to `publicJwk`. */
  importPrivate(privateJwk: string, publicJwk: PublicJwk): Promise<PrivateKey>
  /** A compact JWS with header `{alg, kid, typ: 'at+jwt'}` (RFC 9068 section 2.1). Throws `InvariantError` for a payload that the verifier would refuse, such as one above 8 KiB. */
  sign(payload: AccessTokenPayload, key: PrivateKey): Promise<string>
}

/** Why a token was refused: for logs and metrics, never for the client (OWASP ASVS 16.5.1). */
export type TokenRefusal = 'malformed' | 'header' | 'unknown-key' | 'claims' | 'expired' | 'not-yet-valid' | 'issuer' | 'audience' | 'signature'

export type TokenVerification = { readonly ok: true; readonly payload: AccessTokenPayload } | { readonly ok: false; readonly refusal: TokenRefusal }

/** Checks access tokens, synchronously and without any look-up outside: keys are given, never fetched because of a token (RFC 8725 section 3.10). Never throws on any input string. */
export interface TokenVerifier {
  /** Replaces the trusted keys. A token of a key that is no longer among them is refused at once, cached or not. Throws `ConfigurationError` for a weak, private or incomplete key; then nothing has changed. */
  trust(keys: readonly PublicJwk[]): void
  verify(token: string): TokenVerification
}
