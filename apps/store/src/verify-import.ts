import { isDeepStrictEqual } from 'node:util'
import { isLive, type Clock } from '@sallyport/core'
import { batches } from './import-file.ts'
import { mapAtOnce, type TargetStores } from './import-stores.ts'
import { groupsFrom, type CheckedFile } from './transfer-file.ts'
import type { Content, Counts } from './transfer-format.ts'

export interface VerifyOptions {
  readonly path: string
  readonly file: CheckedFile
  readonly stores: TargetStores
  readonly clock: Clock
  readonly sessions: boolean
  readonly keys: boolean
  /** Told of each that is missing or other than in the file, by its id alone. */
  readonly onDifference: (subject: string) => void
  readonly onProgress: (bytes: number) => void
}

/**
 * Reads everything back, each user as a sign-in does, and compares; answers how many are as in the file. Sessions that are over by now are not missed. For the time between the import
 * and the first visitor: a target that is in use differs by right. Throws `StoreUnavailableError` (`store-unavailable`).
 */
export async function verifyImport({ path, file, stores, clock, sessions, keys, onDifference, onProgress }: VerifyOptions): Promise<Counts> {
  const same = { keys: 0, users: 0, sessions: 0 }
  const storedKeys = keys ? await stores.keys.list() : []

  async function isSame(line: Content): Promise<boolean> {
    if (line.type === 'key') return storedKeys.some((stored) => isDeepStrictEqual(stored, line.key))
    if (line.type === 'session') return isDeepStrictEqual(await stores.sessions.find(line.session.userId, line.session.id), line.session)
    const found = await stores.users.findByIdentity(line.identity.key)
    return isDeepStrictEqual(found, { user: line.user, identity: line.identity })
  }

  const isDue = (line: Content): boolean => line.type === 'user' || (line.type === 'key' ? keys : sessions && isLive(line.session, clock.now()))

  for await (const batch of batches(groupsFrom(path, file.start))) {
    const due = batch.flatMap(({ content }) => content).filter(isDue)
    await mapAtOnce(due, async (line) => {
      if (await isSame(line)) same[`${line.type}s`] += 1
      // Read again: a session may have ended between the look at the clock and the answer.
      else if (isDue(line)) onDifference(subjectOf(line))
    })
    onProgress(batch.at(-1)?.end ?? 0)
  }
  return same
}

function subjectOf(line: Content): string {
  if (line.type === 'key') return `key of generation ${line.key.generation}`
  return line.type === 'user' ? `user ${line.user.id}` : `session ${line.session.id} of user ${line.session.userId}`
}
