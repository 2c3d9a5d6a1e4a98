import type { AuditEvent } from '../audit/audit-event.ts'

/** Where audit events go. Awaited before the answer leaves. What a failure means is the configured policy: block the answer with 503, or go on. */
export interface AuditLog {
  /** Durable when it returns, as far as the sink can tell. Twice records twice. */
  record(event: AuditEvent): Promise<void>
}
