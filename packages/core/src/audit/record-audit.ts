import { StoreUnavailableError } from '../errors.ts'
import type { AuditLog } from '../ports/audit-log.ts'
import type { Clock } from '../ports/clock.ts'
import { displayNetwork } from '../limits/network.ts'
import type { RequestContext } from '../request-context.ts'
import type { AuditEvent } from './audit-event.ts'

/** `block`: an event that cannot be recorded makes the answer a 503. `continue`: the answer goes out all the same. */
export type AuditFailurePolicy = 'block' | 'continue'

/** An event without what everybody would fill in alike. */
export type AuditEntry = Pick<AuditEvent, 'name'> & Partial<Pick<AuditEvent, 'userId' | 'sessionId' | 'reason'>>

/** Records the event, or does by the policy when that fails. Throws `StoreUnavailableError` under `block` only. */
export type RecordAudit = (entry: AuditEntry, context?: RequestContext) => Promise<void>

export function recordAudit({
  log,
  clock,
  onFailure,
}: {
  readonly log: AuditLog
  readonly clock: Clock
  readonly onFailure: AuditFailurePolicy
}): RecordAudit {
  return async (entry, context) => {
    const event: AuditEvent = {
      userId: null,
      sessionId: null,
      reason: null,
      ...entry,
      at: clock.now(),
      network: displayNetwork(context?.address ?? null),
      requestId: context?.requestId ?? null,
    }
    try {
      await log.record(event)
    } catch (error) {
      if (onFailure === 'block') throw new StoreUnavailableError('The audit log cannot be written', { cause: error })
    }
  }
}
