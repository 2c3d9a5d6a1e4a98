import type { AuditLog } from '@sallyport/core'
import { pino } from 'pino'
import type { LineDestination } from '@sallyport/logging'

/**
 * Audit events as lines with `audit` set to the event's name (OWASP ASVS 16.2.1). Written through before `record` returns, whatever the log level is; rejects
 * with what the sink answered.
 */
export function pinoAuditLog({ destination }: { readonly destination: LineDestination }): AuditLog {
  const log = pino(
    { level: 'info', base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } },
    { write: (line: string) => destination.writeNow(line) },
  )
  return {
    // async, so that what the sink throws becomes a rejection
    async record({ name, at, userId, sessionId, network, requestId, reason }) {
      log.info({ time: new Date(at).toISOString(), audit: name, userId, sessionId, network, requestId, reason })
    },
  }
}
