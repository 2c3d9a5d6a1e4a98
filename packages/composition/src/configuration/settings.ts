import type { AuditFailurePolicy, RoleScopes, SignatureAlgorithm, StrategyName } from '@sallyport/core'

export type PasswordHashAlgorithm = 'argon2id' | 'bcrypt'
export type Transport = 'bearer' | 'cookie'
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'
export type Mode = 'development' | 'production' | 'test'

/** Replaces the figures of one rate limit; which limits there are is the route table's to say. */
export interface LimitOverride {
  /** `<name>-<subject>`, as the `RateLimit-Policy` header names it. */
  readonly id: string
  readonly limit: number
  readonly windowSeconds: number
}

/** The name of a preset, and its arguments. */
export interface HostedIssuerEntry {
  readonly preset: string
  readonly [argument: string]: unknown
}

/** What the environment says, read and checked: one member for each row of the table in `variables.ts`. */
export interface Settings {
  readonly mode: Mode
  readonly strategy: StrategyName
  /** The issuer of tokens and where clients reach us, without a slash at the end; `null`: wherever the process listens. */
  readonly publicUrl: string | null
  readonly audience: string
  readonly clientId: string
  readonly pathPrefix: string
  readonly allowedOrigins: readonly string[]
  readonly transports: readonly Transport[]
  readonly defaultTransport: Transport
  readonly signingAlgorithm: SignatureAlgorithm
  readonly keyRotationSeconds: number
  readonly accessTokenSeconds: number
  readonly sessionIdleSeconds: number
  readonly sessionAbsoluteSeconds: number
  readonly refreshGraceSeconds: number
  readonly maximumRevocationSeconds: number
  readonly authorizerTtlSeconds: number
  readonly profileInToken: boolean
  readonly roleScopes: RoleScopes
  /** Whose tokens guards accept beside our own; the presets of `@sallyport/tokens` judge the arguments. */
  readonly hostedIssuers: readonly HostedIssuerEntry[]
  readonly passwordMinimum: number
  readonly passwordHash: PasswordHashAlgorithm
  readonly bcryptCost: number
  readonly contextWords: readonly string[]
  readonly refreshSecret: string
  readonly refreshSecretsPrevious: readonly string[]
  readonly keyEncryptionSecret: string
  readonly keyEncryptionSecretsPrevious: readonly string[]
  readonly passwordPepper: string
  readonly passwordPeppersPrevious: readonly string[]
  readonly auditFailure: AuditFailurePolicy
  readonly trustedProxyHops: number
  readonly logLevel: LogLevel
  readonly rateLimits: 'on' | 'off'
  readonly rateLimitOverrides: readonly LimitOverride[]
  readonly dataDirectory: string
  readonly port: number
  /** `null`: every interface. */
  readonly host: string | null
}
