import type {
  AuditLog,
  Authentication,
  Clock,
  CommonPasswords,
  CredentialStrategy,
  KeyRing,
  KeyWrapper,
  Lifetimes,
  Random,
  RecordAudit,
  SessionStore,
  Stores,
  TokenSigner,
  TokenVerifier,
} from '@sallyport/core'
import type { HttpApplication } from '@sallyport/http'
import type { ServiceIdentifier } from 'inversify'
import type { ClosablePasswordHasher, ReportError } from './adapters.ts'
import type { Settings } from './configuration/settings.ts'
import { token } from './token.ts'

// Settings
export const SETTINGS: ServiceIdentifier<Settings> = token<Settings>('Settings')
/** The issuer, without a slash at its end. */
export const PUBLIC_URL: ServiceIdentifier<PublicUrl> = token<PublicUrl>('PublicUrl')
export const LIFETIMES: ServiceIdentifier<Lifetimes> = token<Lifetimes>('Lifetimes')
export const REVOCATION_BOUND: ServiceIdentifier<RevocationBound> = token<RevocationBound>('RevocationBound')

// System
export const CLOCK: ServiceIdentifier<Clock> = token<Clock>('Clock')
export const RANDOM: ServiceIdentifier<Random> = token<Random>('Random')

// Stores
export const STORES: ServiceIdentifier<Stores> = token<Stores>('Stores')
/** What use cases and strategy see: the adapter's, watched in the jwt strategy. */
export const SESSIONS: ServiceIdentifier<SessionStore> = token<SessionStore>('SessionStore')

// Keys and tokens
export const TOKEN_SIGNER: ServiceIdentifier<TokenSigner> = token<TokenSigner>('TokenSigner')
export const TOKEN_VERIFIER: ServiceIdentifier<TokenVerifier> = token<TokenVerifier>('TokenVerifier')
export const KEY_WRAPPER: ServiceIdentifier<KeyWrapper> = token<KeyWrapper>('KeyWrapper')
/** `null` in the session strategy, which signs nothing. */
export const KEY_RING: ServiceIdentifier<KeyRing | null> = token<KeyRing | null>('KeyRing')

// Passwords
export const PASSWORD_HASHER: ServiceIdentifier<ClosablePasswordHasher> = token<ClosablePasswordHasher>('PasswordHasher')
export const COMMON_PASSWORDS: ServiceIdentifier<CommonPasswords> = token<CommonPasswords>('CommonPasswords')

// Strategy, audit, domain, surface
export const STRATEGY: ServiceIdentifier<CredentialStrategy> = token<CredentialStrategy>('CredentialStrategy')
export const AUDIT_LOG: ServiceIdentifier<AuditLog> = token<AuditLog>('AuditLog')
export const RECORD_AUDIT: ServiceIdentifier<RecordAudit> = token<RecordAudit>('RecordAudit')
export const REPORT_ERROR: ServiceIdentifier<ReportError> = token<ReportError>('ReportError')
export const AUTHENTICATION: ServiceIdentifier<Authentication> = token<Authentication>('Authentication')
export const HTTP_APPLICATION: ServiceIdentifier<HttpApplication> = token<HttpApplication>('HttpApplication')

/** Wrapped, because a bare string or number would bind in place of any other. */
export interface PublicUrl {
  readonly publicUrl: string
}

export interface RevocationBound {
  readonly boundSeconds: number
}
