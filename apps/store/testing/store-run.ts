import { Writable } from 'node:stream'
import type { ProcessEnvironment } from '../src/composition.ts'
import { storeCommand } from '../src/config.ts'
import { runCommand } from '../src/run-command.ts'

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** One call of the program within this process. Rejects with what ends the program. */
export async function runStore(argv: readonly string[], environment: ProcessEnvironment = {}): Promise<Run> {
  const [stdout, stderr] = [collector(), collector()]
  const code = await runCommand(storeCommand(argv, environment), { stdout: stdout.stream, stderr: stderr.stream })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function collector(): { readonly stream: Writable; readonly text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString()
      done()
    },
  })
  return { stream, text: () => text }
}
