export { DAY, HOUR, MINUTE, SECOND, type Instant } from './instant.ts'
export {
  ConfigurationError,
  ConflictError,
  InvariantError,
  OverloadedError,
  SallyportError,
  StoreUnavailableError,
  type SallyportErrorCode,
} from './errors.ts'
export {
  ATTRIBUTES_MAX_BYTES,
  passwordIdentityKey,
  type Attributes,
  type Identity,
  type IdentityKey,
  type Json,
  type User,
  type UserId,
  type UserStatus,
} from './user/user.ts'
export { claimsOf, isLive, type Claims, type Client, type Session, type SessionId } from './session/session.ts'
export type { PublicJwk, SignatureAlgorithm, SigningKey } from './keys/signing-key.ts'
export type { AuditEvent, AuditEventName } from './audit/audit-event.ts'
export { systemClock, type Clock } from './ports/clock.ts'
export { systemRandom, type Random } from './ports/random.ts'
export type { UserChange, UserMove, UserPage, UserStore } from './ports/user-store.ts'
export {
  CLOSED_FLOOR,
  CLOSED_FLOOR_KEPT_MS,
  type CreateSessionOutcome,
  type RotateOutcome,
  type Rotation,
  type SessionPage,
  type SessionStore,
} from './ports/session-store.ts'
export type { OneTimeToken, OneTimeTokenPurpose, OneTimeTokenStore } from './ports/one-time-token-store.ts'
export type { Count, CounterStore, Hit } from './ports/counter-store.ts'
export type { KeyStore } from './ports/key-store.ts'
export type { Stores } from './ports/stores.ts'
export type { PasswordHasher, PasswordVerification } from './ports/password-hasher.ts'
export type { CommonPasswords } from './ports/common-passwords.ts'
export type { AccessTokenPayload, PrivateKey, TokenRefusal, TokenSigner, TokenVerification, TokenVerifier } from './ports/access-tokens.ts'
export type { KeyWrapper } from './ports/key-wrapper.ts'
export type { AuditLog } from './ports/audit-log.ts'
