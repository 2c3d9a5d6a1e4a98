import { displayNetwork, SallyportError, type AuditLog } from '@sallyport/core'
import { pino, type Logger } from 'pino'
import { errorRecord, lineDestination, logTime, scrub, type LineDestination } from '@sallyport/logging'
import type { AccessEntry } from './node-server.ts'
import { pinoAuditLog } from './pino-audit-log.ts'

export interface NodeLoggerOptions {
  /** Audit events are written at every level. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  /** Values that must not appear, wherever they come from: the configured secrets. */
  readonly secrets?: readonly string[]
  /** Standard output unless told. */
  readonly destination?: LineDestination
}

export interface NodeLogger {
  /** One line for a request; `null` when the level leaves these out. */
  readonly access: ((entry: AccessEntry) => void) | null
  /** An outage that was answered as such is a warning, anything else an error with its stack. Never throws. */
  readonly error: (error: unknown, requestId: string | null) => void
  readonly audit: AuditLog
  readonly flush: () => void
}

/** Structured logs, a JSON object a line, times in UTC. Nothing of a request is logged but what `AccessEntry` names: no query, header, body or cookie. */
export function nodeLogger({ level, secrets = [], destination = lineDestination(1) }: NodeLoggerOptions): NodeLogger {
  const log: Logger = pino({ level, base: null, timestamp: logTime, formatters: { level: (label) => ({ level: label }) } }, destination)
  const networkOf = lastOf(displayNetwork)

  return {
    access: log.isLevelEnabled('info')
      ? ({ method, path, status, durationMs, requestId, address }) =>
          log.info(
            { method, path: shown(path, secrets), status, durationMs: Math.round(durationMs * 100) / 100, requestId, network: networkOf(address) },
            'request',
          )
      : null,
    error: (error, requestId) => {
      const outage = SallyportError.is(error) && (error.code === 'store-unavailable' || error.code === 'overloaded')
      log[outage ? 'warn' : 'error']({ requestId, error: errorRecord(error, secrets) }, outage ? 'unavailable' : 'failed')
      destination.flush()
    },
    audit: pinoAuditLog({ destination }),
    flush: destination.flush,
  }
}

const LONGEST_PATH = 256
/** Shorter than any token. */
const HARMLESS_PATH = 40

function shown(path: string, secrets: readonly string[]): string {
  return path.length < HARMLESS_PATH ? path : scrub(path.slice(0, LONGEST_PATH), secrets)
}

/** Connections are kept, so the same address comes many times in a row. */
function lastOf<A, R>(compute: (argument: A) => R): (argument: A) => R {
  let last: { readonly argument: A; readonly result: R } | null = null
  return (argument) => {
    if (last === null || last.argument !== argument) last = { argument, result: compute(argument) }
    return last.result
  }
}
