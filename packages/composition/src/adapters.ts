import type { AuditLog, Clock, CommonPasswords, KeyWrapper, PasswordHasher, Random, Stores, TokenSigner, TokenVerifier } from '@sallyport/core'
import type { Settings } from './configuration/settings.ts'

export interface ClosablePasswordHasher extends PasswordHasher {
  /** Refuses new work, lets accepted work finish. Twice: the same. */
  close(): Promise<void>
}

/** Told the cause of every 500 and 503, which the client never learns. Never throws. */
export type ReportError = (error: unknown, requestId: string | null) => void

/** What an adapter may be made from. */
export interface AdapterParts {
  readonly settings: Settings
  readonly clock: Clock
  readonly random: Random
}

/** The choices of an app: one factory for each port. Each is called once at most, and only when something needs it. */
export interface Adapters {
  readonly stores: (parts: AdapterParts) => Stores
  readonly tokenSigner: (parts: AdapterParts) => TokenSigner
  readonly tokenVerifier: (parts: AdapterParts & { readonly issuer: string }) => TokenVerifier
  readonly keyWrapper: (parts: AdapterParts) => KeyWrapper
  readonly passwordHasher: (parts: AdapterParts) => ClosablePasswordHasher
  readonly commonPasswords: (parts: AdapterParts) => CommonPasswords
  readonly auditLog: (parts: AdapterParts) => AuditLog
  readonly reportError: ReportError
}
