import { functionLogger, lineDestination, type FunctionLogger, type LogLevel } from '@sallyport/logging'
import { severityLine } from './severity-line.ts'

/** Lines for Cloud Logging, on standard output. */
export function cloudLogger(level: LogLevel, secrets: readonly string[] = []): FunctionLogger {
  const output = lineDestination(1)
  return functionLogger({ level, secrets, write: (line) => output.writeNow(`${severityLine(line)}\n`) })
}
