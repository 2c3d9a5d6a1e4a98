import type { Instant } from '../instant.ts'

/** UUIDv7 (RFC 9562 section 5.7) in its lower-case text form. Never given to a second user. */
export type UserId = string

/** A JSON value the application keeps at a user; at most {@link ATTRIBUTES_MAX_BYTES} for all of them together. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export type Attributes = { readonly [key: string]: Json }

export const ATTRIBUTES_MAX_BYTES = 1024

/** Of all roles of a user together, as JSON: they stand in every access token, which has to fit into a cookie. */
export const ROLES_MAX_BYTES = 1024

/**
 * `deleting` is a deletion that has begun and will be finished by whoever meets it: nobody can sign in, and registering the same address
 * finishes it first.
 */
export type UserStatus = 'active' | 'disabled' | 'deleting'

export interface User {
  readonly id: UserId
  /** Canonical, as `canonicalEmail` returns it. */
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly status: UserStatus
  readonly attributes: Attributes
  /** Rises by one with every stored change of the user or of one of its identities. The first is 1. */
  readonly version: number
  /** Rises by one whenever sessions made before must die: a change of password or status. The first is 1. */
  readonly credentialsVersion: number
  readonly createdAt: Instant
  readonly updatedAt: Instant
}

/** `password:<canonical e-mail>`. Unique in a store: two users never hold the same one. At most 320 + 9 characters. */
export type IdentityKey = string

/** What proves a user. */
export interface Identity {
  readonly key: IdentityKey
  readonly userId: UserId
  /** A password identity holds the encoded hash with its parameters; never anything from which a password can be read. */
  readonly passwordHash: string | null
  readonly createdAt: Instant
}

export function passwordIdentityKey(canonicalEmail: string): IdentityKey {
  return `password:${canonicalEmail}`
}
