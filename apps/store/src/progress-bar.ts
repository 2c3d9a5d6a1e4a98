/** Where people are told what happens: standard error, so that standard output stays clean. */
export interface Terminal {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Where a command writes to; `process` is one. */
export interface Streams {
  readonly stdout: NodeJS.WritableStream & Terminal
  readonly stderr: Terminal
}

export interface ProgressBar {
  /** Draws, at most ten times a second. Without a `total` it counts only. */
  show(done: number, note: string): void
  /** Removes the bar, so that a line can be written. */
  clear(): void
}

const WIDTH = 30
const REDRAW_MS = 100

/** Nothing is drawn where nobody looks. */
export function progressBar(terminal: Terminal, total: number | null): ProgressBar {
  if (terminal.isTTY !== true) return { show: () => {}, clear: () => {} }
  let drawnAt = -REDRAW_MS
  return {
    show(done, note) {
      const now = performance.now()
      if (now - drawnAt < REDRAW_MS) return
      drawnAt = now
      terminal.write(`\r\u001B[K${total === null ? '' : bar(done / Math.max(total, 1))}${note}`)
    },
    clear() {
      drawnAt = -REDRAW_MS
      terminal.write('\r\u001B[K')
    },
  }
}

function bar(share: number): string {
  const filled = Math.round(Math.min(share, 1) * WIDTH)
  return `[${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${Math.floor(Math.min(share, 1) * 100)} % `
}
