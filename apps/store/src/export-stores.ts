import { createHash } from 'node:crypto'
import { InvariantError, type Clock, type Identity, type Stores, type User, type UserId } from '@sallyport/core'
import { FORMAT_VERSION, formatLine, type Counts, type Line } from './transfer-format.ts'

export interface ExportOptions {
  readonly stores: Pick<Stores, 'users' | 'sessions' | 'keys'>
  readonly clock: Clock
  readonly sessions: boolean
  readonly keys: boolean
  /** Told after each user. */
  readonly onProgress?: (counts: ExportCounts) => void
}

export interface ExportCounts extends Counts {
  /** Users whose deletion has begun: they are left behind. */
  readonly deleting: number
}

const PAGE = 100

/**
 * Everything that moves, line by line, with one page of users in memory; answers the counts. Each user is as of one instant; what changes while this runs may be there before or
 * after its change. One-time tokens and counters stay behind. Throws `StoreUnavailableError`: then the last line is missing, and no import takes what there is.
 */
export async function* exportStores({ stores, clock, sessions, keys, onProgress }: ExportOptions): AsyncGenerator<string, ExportCounts> {
  const digest = createHash('sha256')
  const counts = { keys: 0, users: 0, sessions: 0, deleting: 0 }
  const line = (content: Line): string => {
    const text = formatLine(content)
    digest.update(text)
    return text
  }
  yield line({ type: 'header', format: 'sallyport-transfer', version: FORMAT_VERSION, exportedAt: clock.now(), sessions, keys })
  if (keys) {
    for (const key of await stores.keys.list()) {
      counts.keys += 1
      yield line({ type: 'key', key })
    }
  }
  for await (const listed of allUsers(stores)) {
    const found = await wholeUser(stores, listed)
    if (found === null) continue
    if (found.user.status === 'deleting') {
      counts.deleting += 1
      continue
    }
    counts.users += 1
    yield line({ type: 'user', ...found })
    if (sessions) {
      for await (const session of sessionsOf(stores, found.user)) {
        counts.sessions += 1
        yield line({ type: 'session', session })
      }
    }
    onProgress?.(counts)
  }
  yield formatLine({ type: 'trailer', keys: counts.keys, users: counts.users, sessions: counts.sessions, digest: digest.digest('base64url') })
  return counts
}

async function* allUsers({ users }: Pick<Stores, 'users'>): AsyncGenerator<User> {
  let cursor: string | null = null
  do {
    const page = await users.list({ limit: PAGE, cursor })
    yield* page.users
    cursor = page.cursor
  } while (cursor !== null)
}

/** A page may lag, and the identity is read apart. Both count once the user is of the same version before and after: every change of either raises it. */
async function wholeUser({ users }: Pick<Stores, 'users'>, listed: User): Promise<{ readonly user: User; readonly identity: Identity } | null> {
  let before: User | null = listed
  while (before !== null) {
    const identities = await users.identities(before.id)
    const user = await users.find(before.id)
    if (user?.version === before.version) {
      const [identity] = identities
      if (identity === undefined || identities.length > 1) throw new InvariantError('A user has one identity in this version of the format.')
      return { user, identity }
    }
    before = user
  }
  return null
}

/** Those that live and were made with the credentials of now: others are about to be ended. */
async function* sessionsOf(
  { sessions }: Pick<Stores, 'sessions'>,
  { id, credentialsVersion }: { readonly id: UserId; readonly credentialsVersion: number },
) {
  let cursor: string | null = null
  do {
    const page = await sessions.list({ userId: id, limit: PAGE, cursor })
    for (const session of page.sessions) if (session.credentialsVersion === credentialsVersion) yield session
    cursor = page.cursor
  } while (cursor !== null)
}
