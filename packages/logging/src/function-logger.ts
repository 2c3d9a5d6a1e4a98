import { SallyportError, type AuditLog } from '@sallyport/core'
import { errorRecord } from './error-record.ts'
import { lineDestination } from './line-destination.ts'
import { logTime } from './log-time.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

export interface FunctionLoggerOptions {
  /** Audit events are written at every level. */
  readonly level: LogLevel
  /** Values that must not appear, wherever they come from: the configured secrets. */
  readonly secrets?: readonly string[]
  /** Takes one whole line without its end, and has it when it returns: a function may be frozen right behind its answer. Standard output unless told. */
  readonly write?: (line: string) => void
}

export interface FunctionLogger {
  /** An outage that was answered as such is a warning, anything else an error with its stack. Never throws. */
  readonly error: (error: unknown, requestId: string | null) => void
  /** Rejects with what `write` throws. */
  readonly audit: AuditLog
}

const ORDER: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'silent']

/**
 * Structured logs of a function, a JSON object a line, times in UTC, in the same shape as the Node server's. No line for each request: every cloud writes that itself.
 * Nothing is buffered, because what is buffered when the platform freezes the process is late or lost.
 */
export function functionLogger({ level, secrets = [], write = toStandardOutput() }: FunctionLoggerOptions): FunctionLogger {
  const least = ORDER.indexOf(level)
  return {
    error: (error, requestId) => {
      const outage = SallyportError.is(error) && (error.code === 'store-unavailable' || error.code === 'overloaded')
      const severity: LogLevel = outage ? 'warn' : 'error'
      if (ORDER.indexOf(severity) < least) return
      try {
        const rest = JSON.stringify({ requestId, error: errorRecord(error, secrets), msg: outage ? 'unavailable' : 'failed' })
        write(`{"level":"${severity}"${logTime()},${rest.slice(1)}`)
      } catch {
        // Nobody waits for this line, and there is nowhere else to tell.
      }
    },
    audit: {
      // async, so that what the sink throws becomes a rejection
      async record({ name, at, userId, sessionId, network, requestId, reason }) {
        write(JSON.stringify({ level: 'info', time: new Date(at).toISOString(), audit: name, userId, sessionId, network, requestId, reason }))
      },
    },
  }
}

function toStandardOutput(): (line: string) => void {
  const destination = lineDestination(1)
  return (line) => destination.writeNow(`${line}\n`)
}
