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
  ROLES_MAX_BYTES,
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
export type { RequestContext } from './request-context.ts'
export { authentication, type Authentication, type AuthenticationDependencies, type AuthenticationSettings } from './authentication.ts'
export { authorizer, judge, type Authorize, type PublicRule, type Refusal, type Rule, type SignedInRule, type Verdict } from './authorize.ts'
export { revocationBoundSeconds, type RevocationSettings } from './revocation-bound.ts'
export { recordAudit, type AuditEntry, type AuditFailurePolicy, type RecordAudit } from './audit/record-audit.ts'
export { keyOperations, type KeyOperations, type KeyOperationsDependencies, type NewGeneration, type Promotion } from './keys/key-operations.ts'
export { keyRing, type KeyRing, type KeyRingDependencies, type KeyRingSettings } from './keys/key-ring.ts'
export { keyRoles, type KeyRoles } from './keys/key-roles.ts'
export { displayNetwork, limitedNetwork } from './limits/network.ts'
export {
  rateLimiter,
  type Admission,
  type LimitedRequest,
  type LimitState,
  type LimitSubject,
  type RateLimit,
  type RateLimiter,
} from './limits/rate-limiter.ts'
export { canonicalEmail } from './user/email.ts'
export {
  normalizePassword,
  PASSWORD_DEFAULT_MINIMUM,
  PASSWORD_LOWEST_MINIMUM,
  PASSWORD_MAX_CODE_POINTS,
  refusePassword,
  type PasswordPolicy,
  type PasswordRefusal,
} from './user/password-policy.ts'
export { isUuidV7, uuidV7 } from './user/uuid-v7.ts'
export type { Principal } from './session/principal.ts'
export { principalOfToken } from './session/principal-of-token.ts'
export type { TokenChecker } from './session/token-checker.ts'
export { sessionChecker, type SessionChecker, type SessionCheckerDependencies } from './session/session-checker.ts'
export { strictCheck, type StrictCheckDependencies } from './session/strict-check.ts'
export type { Credentials } from './session/credentials.ts'
export type { CredentialStrategy, RefreshOutcome, SessionReference, StrategyName } from './session/credential-strategy.ts'
export { sessionStrategy, type SessionStrategyDependencies } from './session/session-strategy.ts'
export { jwtStrategy, type JwtStrategyDependencies } from './session/jwt-strategy.ts'
export { recentChanges, type RecentChanges } from './session/recent-changes.ts'
export type { Lifetimes } from './session/lifetimes.ts'
export type { RoleScopes } from './session/scopes.ts'
export type { RefreshSecrets } from './session/refresh-token.ts'
export { startSession, type StartedSession, type StartSession, type StartSessionDependencies } from './session/start-session.ts'
export type { Register, RegisterCommand, RegisterOutcome } from './use-cases/register.ts'
export type { LogIn, LogInCommand, LogInOutcome } from './use-cases/log-in.ts'
export type { Refresh, RefreshSessionOutcome } from './use-cases/refresh.ts'
export type { LogOut, LogOutOutcome } from './use-cases/log-out.ts'
export type { ReadProfile } from './use-cases/read-profile.ts'
export type { ChangeProfile, ChangeProfileCommand, ChangeProfileOutcome } from './use-cases/change-profile.ts'
export type { ChangePassword, ChangePasswordCommand, ChangePasswordOutcome } from './use-cases/change-password.ts'
export { changeRoles, type ChangeRoles, type ChangeRolesOutcome } from './use-cases/change-roles.ts'
export type { DeleteAccount, DeleteAccountOutcome } from './use-cases/delete-account.ts'
export type { ManageSessions } from './use-cases/manage-sessions.ts'
