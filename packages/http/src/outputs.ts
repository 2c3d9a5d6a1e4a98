import type { Attributes, PublicJwk } from '@sallyport/core'
import * as v from 'valibot'
import type { Schema } from './schema.ts'

export interface UserView {
  readonly id: string
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string | null
  readonly roles: readonly string[]
  readonly attributes: Attributes
}

/** `tokenType`, `accessToken` and `refreshToken` in the bearer transport only; `refreshToken` in the jwt strategy only. */
export interface IssuedView {
  readonly session: { readonly id: string; readonly authenticatedAt: string; readonly expiresAt: string }
  readonly expiresIn: number
  readonly tokenType?: 'Bearer' | undefined
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | undefined
}

export interface SignedInView extends IssuedView {
  readonly user: UserView
}

export interface MeView {
  readonly user: UserView
  readonly session: { readonly id: string; readonly authenticatedAt: string }
  readonly asOf: string
}

export interface ProfileView {
  readonly user: UserView
}

export interface SessionView {
  readonly id: string
  readonly current: boolean
  readonly createdAt: string
  readonly authenticatedAt: string
  readonly idleExpiresAt: string
  readonly expiresAt: string
  readonly client: { readonly userAgent: string | null; readonly network: string | null }
}

export interface SessionsView {
  readonly sessions: readonly SessionView[]
  readonly cursor: string | null
}

export interface KeySetView {
  readonly keys: readonly PublicJwk[]
}

export interface DiscoveryView {
  readonly issuer: string
  readonly jwks_uri: string
  readonly response_types_supported: readonly string[]
  readonly subject_types_supported: readonly string[]
  readonly id_token_signing_alg_values_supported: readonly string[]
}

export interface HealthView {
  readonly status: 'ok'
  readonly strategy: 'session' | 'jwt'
  readonly revocationBoundSeconds: number
}

const instant = v.pipe(v.string(), v.isoTimestamp(), v.description('RFC 3339, in UTC'))
const user = v.strictObject({
  id: v.pipe(v.string(), v.uuid()),
  email: v.string(),
  emailVerified: v.boolean(),
  name: v.nullable(v.string()),
  roles: v.array(v.string()),
  attributes: v.custom<Attributes>(() => true),
})
const issued = {
  session: v.strictObject({ id: v.string(), authenticatedAt: instant, expiresAt: instant }),
  expiresIn: v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Seconds until the access credential has to be refreshed')),
  tokenType: v.exactOptional(v.literal('Bearer')),
  accessToken: v.exactOptional(v.string()),
  refreshToken: v.exactOptional(v.string()),
}

export const issuedOutput: Schema<IssuedView> = v.strictObject(issued)
export const signedInOutput: Schema<SignedInView> = v.strictObject({ user, ...issued })
export const meOutput: Schema<MeView> = v.strictObject({ user, session: v.strictObject({ id: v.string(), authenticatedAt: instant }), asOf: instant })
export const profileOutput: Schema<ProfileView> = v.strictObject({ user })
export const sessionsOutput: Schema<SessionsView> = v.strictObject({
  sessions: v.array(
    v.strictObject({
      id: v.string(),
      current: v.boolean(),
      createdAt: instant,
      authenticatedAt: instant,
      idleExpiresAt: instant,
      expiresAt: instant,
      client: v.strictObject({ userAgent: v.nullable(v.string()), network: v.nullable(v.string()) }),
    }),
  ),
  cursor: v.nullable(v.string()),
})
export const keySetOutput: Schema<KeySetView> = v.strictObject({
  keys: v.array(
    v.strictObject({
      kty: v.string(),
      kid: v.string(),
      alg: v.picklist(['RS256', 'ES256', 'EdDSA']),
      use: v.literal('sig'),
      n: v.exactOptional(v.string()),
      e: v.exactOptional(v.string()),
      crv: v.exactOptional(v.string()),
      x: v.exactOptional(v.string()),
      y: v.exactOptional(v.string()),
    }),
  ),
})
export const discoveryOutput: Schema<DiscoveryView> = v.strictObject({
  issuer: v.string(),
  jwks_uri: v.string(),
  response_types_supported: v.array(v.string()),
  subject_types_supported: v.array(v.string()),
  id_token_signing_alg_values_supported: v.array(v.string()),
})
export const healthOutput: Schema<HealthView> = v.strictObject({
  status: v.literal('ok'),
  strategy: v.picklist(['session', 'jwt']),
  revocationBoundSeconds: v.pipe(v.number(), v.description('After this many seconds an ended session is refused everywhere')),
})
export const openApiOutput: Schema<object> = v.looseObject({ openapi: v.literal('3.1.0') })
