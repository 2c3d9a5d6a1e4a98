import { writeSync } from 'node:fs'

export interface LineDestination {
  /** Written within a tenth of a second; lost if the process is killed before, or the sink fails. Never throws. */
  write(line: string): void
  /** Handed to the operating system when it returns, behind everything written before. Throws what the sink answers. */
  writeNow(line: string): void
  /** Writes what waits. Never throws. */
  flush(): void
}

const FLUSH_AFTER_MS = 100
const FLUSH_AT_CHARACTERS = 16 * 1024
const FULL_PIPE = { retryMs: 5, giveUpMs: 1000 }

/** Lines to a file descriptor, in order: those that may wait leave together, which spares the hot path a system call each. */
export function lineDestination(fileDescriptor: number): LineDestination {
  let waiting = ''
  let timer: NodeJS.Timeout | null = null

  const writeOut = (line: string): void => {
    const text = waiting + line
    waiting = ''
    if (timer !== null) clearTimeout(timer)
    timer = null
    if (text !== '') writeAll(fileDescriptor, text)
  }
  const flush = (): void => {
    try {
      writeOut('')
    } catch {
      // Nobody waits for these lines, and there is nowhere else to tell.
    }
  }
  return {
    write(line) {
      waiting += line
      if (waiting.length >= FLUSH_AT_CHARACTERS) flush()
      else timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref()
    },
    writeNow: writeOut,
    flush,
  }
}

/** A pipe whose reader is slow takes a part or nothing at a time. */
function writeAll(fileDescriptor: number, text: string): void {
  const bytes = Buffer.from(text)
  const giveUpAt = performance.now() + FULL_PIPE.giveUpMs
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(fileDescriptor, bytes, written)
    } catch (error) {
      const full = error instanceof Error && 'code' in error && error.code === 'EAGAIN'
      if (!full || performance.now() >= giveUpAt) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE.retryMs)
    }
  }
}
