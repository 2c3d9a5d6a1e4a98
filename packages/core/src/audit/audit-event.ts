import type { Instant } from '../instant.ts'
import type { SessionId } from '../session/session.ts'
import type { UserId } from '../user/user.ts'

/** Stable names of everything that is audited (OWASP ASVS 16.3.1, 16.3.2). A name is never reused for something else. */
export type AuditEventName =
  | 'user.registered'
  | 'user.registration-refused'
  | 'user.changed'
  | 'user.deleted'
  | 'login.succeeded'
  | 'login.failed'
  | 'login.limited'
  | 'session.refreshed'
  | 'session.refresh-refused'
  | 'session.token-reused'
  | 'session.ended'
  | 'session.all-ended'
  | 'password.changed'
  | 'password.change-refused'
  | 'password.rehashed'
  | 'authorization.refused'
  | 'key.created'
  | 'key.promoted'
  | 'key.retired'

/** Who, when, where and how. Never a credential, token, hash or e-mail (OWASP ASVS 16.2.5). */
export interface AuditEvent {
  readonly name: AuditEventName
  readonly at: Instant
  readonly userId: UserId | null
  readonly sessionId: SessionId | null
  /** The client's network as the platform believes it; `null` when unknown. */
  readonly network: string | null
  readonly requestId: string | null
  /** One word from a closed list of the use case, such as `bad-credentials`. */
  readonly reason: string | null
}
