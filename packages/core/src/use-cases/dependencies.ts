import type { RecordAudit } from '../audit/record-audit.ts'
import type { Clock } from '../ports/clock.ts'
import type { OneTimeTokenStore } from '../ports/one-time-token-store.ts'
import type { PasswordHasher } from '../ports/password-hasher.ts'
import type { Random } from '../ports/random.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { UserStore } from '../ports/user-store.ts'
import type { CredentialStrategy } from '../session/credential-strategy.ts'
import type { StartSession } from '../session/start-session.ts'
import type { PasswordPolicy } from '../user/password-policy.ts'

/** What use cases are made of; each takes the part it needs. */
export interface Dependencies {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly oneTimeTokens: OneTimeTokenStore
  readonly hasher: PasswordHasher
  readonly policy: PasswordPolicy
  readonly strategy: CredentialStrategy
  readonly startSession: StartSession
  readonly clock: Clock
  readonly random: Random
  readonly audit: RecordAudit
}

/** Names one attempt at a write, so that its repetition after a lost answer is recognised. */
export function newAttemptId(random: Random): string {
  return Buffer.from(random.bytes(16)).toString('base64url')
}
