import { ConfigurationError } from '@sallyport/core'
import { importGroup, mapAtOnce, NOTHING_IMPORTED, type ImportCounts, type ImportOptions } from './import-stores.ts'
import { readProgress, writeProgress } from './import-progress.ts'
import { groupsFrom, type CheckedFile, type Group } from './transfer-file.ts'

export interface ImportFileOptions extends ImportOptions {
  readonly path: string
  readonly file: CheckedFile
  readonly progressPath: string
  /** The target's location without credentials. */
  readonly target: string
  /** Told after each batch: up to which byte everything is imported. */
  readonly onProgress: (bytes: number, counts: ImportCounts) => void
}

/** Users or keys between two entries in the progress file. */
const BATCH = 100

/**
 * Imports what the progress file does not say is imported, and goes on where an import that was cut short ended. The batch that was under way then is done again, as the only one
 * whose users may be found with their sessions half made.
 *
 * @throws ConfigurationError (`configuration`) when the progress is that of another file, store or choice of contents.
 * @throws StoreUnavailableError (`store-unavailable`): calling again goes on.
 */
export async function importFile(options: ImportFileOptions): Promise<ImportCounts> {
  const { path, file, progressPath, target, sessions, keys, onProgress } = options
  if ((sessions && !file.header.sessions) || (keys && !file.header.keys)) {
    throw new ConfigurationError('The file was exported without what is to be imported: --sessions and --keys belong to the export too.')
  }
  const identity = { digest: file.trailer.digest, target, sessions, keys }
  const known = readProgress(progressPath)
  if (known !== null && Object.entries(identity).some(([name, value]) => known[name as keyof typeof identity] !== value)) {
    throw new ConfigurationError(
      'The progress file belongs to another file, store or choice of --sessions and --keys: name another one with --progress.',
    )
  }
  let { position, counts } = known ?? { position: file.start, counts: NOTHING_IMPORTED }
  let isOpen = known !== null
  const save = (): void => writeProgress(progressPath, { ...identity, position, counts })
  // Before the first write, so that what this run begins is known to the next one.
  save()
  const importOne = importGroup(options)
  for await (const batch of batches(groupsFrom(path, position))) {
    const done = await mapAtOnce(batch, (group) => importOne(group, isOpen))
    counts = done.reduce(sum, counts)
    position = batch.at(-1)?.end ?? position
    isOpen = false
    save()
    onProgress(position, counts)
  }
  return counts
}

/** The same file makes the same batches from the same position on. */
export async function* batches(groups: AsyncIterable<Group>): AsyncGenerator<readonly Group[]> {
  let batch: Group[] = []
  for await (const group of groups) {
    batch.push(group)
    if (batch.length === BATCH) {
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}

function sum(left: ImportCounts, right: ImportCounts): ImportCounts {
  return {
    users: left.users + right.users,
    sessions: left.sessions + right.sessions,
    keys: left.keys + right.keys,
    conflicts: left.conflicts + right.conflicts,
    sessionsOver: left.sessionsOver + right.sessionsOver,
    sessionsLeft: left.sessionsLeft + right.sessionsLeft,
  }
}
