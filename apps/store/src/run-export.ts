import { createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ConfigurationError, SallyportError, systemClock } from '@sallyport/core'
import { openStores } from './composition.ts'
import type { ExportCommand } from './config.ts'
import { exportStores, type ExportCounts } from './export-stores.ts'
import { progressBar, type Streams } from './progress-bar.ts'

/** Writes the file, or standard output, and the counts to standard error. A file appears under its name only when it is whole, and never in the place of another. */
export async function runExport({ from, file, sessions, keys, environment }: ExportCommand, { stdout, stderr }: Streams): Promise<number> {
  if (file === null && stdout.isTTY === true)
    throw new ConfigurationError('An export holds password hashes, which are not for a screen: give --file, or a pipe.')
  if (file !== null && existsSync(file)) throw new ConfigurationError('There is a file of that name already.')
  const stores = await openStores(from, { create: false, environment })
  const bar = progressBar(stderr, null)
  let counts: ExportCounts = { keys: 0, users: 0, sessions: 0, deleting: 0 }
  async function* lines(): AsyncGenerator<string> {
    counts = yield* exportStores({
      stores,
      clock: systemClock,
      sessions,
      keys,
      onProgress: (now) => bar.show(now.users, `${now.users} users, ${now.sessions} sessions`),
    })
  }
  try {
    if (file !== null) await writeWhole(file, lines())
    else
      await pipeline(Readable.from(lines()), stdout, { end: false }).catch((error: unknown) => {
        throw unwritable(error, 'Standard output was closed before the end.')
      })
  } finally {
    bar.clear()
    await stores.close()
  }
  stderr.write(`exported: ${counts.users} users, ${counts.sessions} sessions, ${counts.keys} keys${left(counts)}\n`)
  return 0
}

const left = ({ deleting }: ExportCounts): string => (deleting === 0 ? '' : `; left behind: ${deleting} users whose deletion has begun`)

async function writeWhole(file: string, lines: AsyncIterable<string>): Promise<void> {
  const partial = `${file}.partial`
  const remove = (): void => rmSync(partial, { force: true })
  // An interrupted process ends without coming back here.
  process.once('exit', remove)
  try {
    remove()
    await pipeline(Readable.from(lines), createWriteStream(partial, { mode: 0o600, flags: 'wx', flush: true }))
    renameSync(partial, file)
  } catch (error) {
    remove()
    throw unwritable(error, 'The file cannot be written.')
  } finally {
    process.off('exit', remove)
  }
}

/** What the stores said stays as it is; the rest came from writing. */
function unwritable(error: unknown, message: string): Error {
  return SallyportError.is(error) ? error : new ConfigurationError(message, { cause: error })
}
