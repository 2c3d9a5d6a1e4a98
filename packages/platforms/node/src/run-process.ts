import { writeSync } from 'node:fs'
import { SallyportError } from '@sallyport/core'
import { errorRecord, type ErrorRecord } from '@sallyport/logging'

export interface ProcessLife {
  /** Called on SIGTERM and SIGINT, one after the other in the order of registration: first the server, then what it needs. */
  onStop(step: () => unknown): void
}

/** By sysexits.h: the configuration is wrong, something needed is not there, a bug. */
export const EXIT = { configuration: 78, unavailable: 69, software: 70, signal: 128 } as const

const SIGNALS = { SIGINT: 2, SIGTERM: 15 } as const

/**
 * Runs an app until it is told to stop. What `start` throws ends the process with its message on standard error and an exit code by its kind. The first
 * signal stops in order, the second at once. An error nobody caught ends the process: its state is unknown from then on.
 */
export async function runProcess(start: (life: ProcessLife) => Promise<void>): Promise<void> {
  const steps: (() => unknown)[] = []
  let stopping = false

  const stop = async (): Promise<never> => {
    for (const step of steps) await step()
    process.exit(0)
  }
  for (const [signal, number] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (stopping) process.exit(EXIT.signal + number)
      stopping = true
      stop().catch(fail)
    })
  }
  // Rejections that nobody handles arrive here too.
  process.on('uncaughtException', fail)
  try {
    await start({ onStop: (step) => steps.push(step) })
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown): never {
  const expected = SallyportError.is(error) && error.code !== 'invariant'
  const record = errorRecord(error, [])
  try {
    writeSync(2, `sallyport: ${expected ? messagesOf(record) : (record.stack ?? record.message)}\n`)
  } finally {
    process.exit(exitCodeOf(error))
  }
}

function exitCodeOf(error: unknown): number {
  if (!SallyportError.is(error)) return EXIT.software
  if (error.code === 'configuration') return EXIT.configuration
  return error.code === 'invariant' ? EXIT.software : EXIT.unavailable
}

function messagesOf({ message, cause }: ErrorRecord): string {
  return cause === undefined ? message : `${message}\n  because: ${cause.message}`
}
