import { systemClock } from '@sallyport/core'
import { openStores } from './composition.ts'
import type { ImportCommand } from './config.ts'
import { importFile } from './import-file.ts'
import type { Conflict, ImportCounts } from './import-stores.ts'
import { progressBar, type Terminal } from './progress-bar.ts'
import { describeLocation } from './store-location.ts'
import { checkFile } from './transfer-file.ts'
import { verifyImport } from './verify-import.ts'

const REASONS: Readonly<Record<Conflict['reason'], string>> = {
  'address-of-another-user': 'the target has another user with this address; left as it is there',
  'other-user-data': 'the target has this user with other data; left as it is there',
  'other-key': 'the target has another key of this generation; left as it is there',
}

/** Checks the file, imports it, and reads it back with `--verify`; exit code 1 when something is in conflict or differs. Says all of it on standard error, by ids alone. */
export async function runImport(command: ImportCommand, stderr: Terminal): Promise<number> {
  const { to, file: path, progress, sessions, keys, verify, environment } = command
  const file = await withBar(stderr, null, (show) => checkFile(path, (bytes) => show(bytes, `checked ${Math.floor(bytes / 1_000_000)} MB`)))
  const stores = await openStores(to, { create: true, environment })
  try {
    const common = { path, file, stores, clock: systemClock, sessions, keys }
    const counts = await withBar(stderr, file.bytes, (show, say) =>
      importFile({
        ...common,
        progressPath: progress,
        target: describeLocation(to),
        onConflict: ({ subject, reason }) => say(`conflict: ${subject}: ${REASONS[reason]}`),
        onProgress: (bytes, { users }) => show(bytes, `${users} users`),
      }),
    )
    stderr.write(`${report(counts)}\n`)
    const isVerified = !verify || (await verified(common, stderr))
    return counts.conflicts === 0 && isVerified ? 0 : 1
  } finally {
    await stores.close()
  }
}

async function verified(common: Omit<Parameters<typeof verifyImport>[0], 'onDifference' | 'onProgress'>, stderr: Terminal): Promise<boolean> {
  let different = 0
  const same = await withBar(stderr, common.file.bytes, (show, say) =>
    verifyImport({
      ...common,
      onDifference: (subject) => {
        different += 1
        say(`differs: ${subject}`)
      },
      onProgress: (bytes) => show(bytes, 'read back'),
    }),
  )
  stderr.write(`verified: ${same.users} users, ${same.sessions} sessions, ${same.keys} keys are as in the file; ${different} differ or are missing\n`)
  return different === 0
}

/** A bar over the bytes of the file, which makes room for lines and is gone at the end. */
async function withBar<Result>(
  stderr: Terminal,
  total: number | null,
  work: (show: (bytes: number, note: string) => void, say: (line: string) => void) => Promise<Result>,
): Promise<Result> {
  const bar = progressBar(stderr, total)
  try {
    return await work(bar.show, (line) => {
      bar.clear()
      stderr.write(`${line}\n`)
    })
  } finally {
    bar.clear()
  }
}

function report({ users, sessions, keys, conflicts, sessionsOver, sessionsLeft }: ImportCounts): string {
  const over = sessionsOver === 0 ? '' : `; ${sessionsOver} sessions are over or refused`
  const left = sessionsLeft === 0 ? '' : `; ${sessionsLeft} sessions left out, their users were there before`
  return `imported: ${users} users, ${sessions} sessions, ${keys} keys; ${conflicts} conflicts${over}${left}`
}
