import { isDeepStrictEqual } from 'node:util'
import { isLive, type Clock, type Session, type Stores } from '@sallyport/core'
import type { Group } from './transfer-file.ts'
import type { Content } from './transfer-format.ts'

export type TargetStores = Pick<Stores, 'users' | 'sessions' | 'keys'>

export interface ImportCounts {
  /** There now and as in the file, made by this import or before it. */
  readonly users: number
  readonly sessions: number
  readonly keys: number
  /** Users and keys that the target holds otherwise: left as they are there. */
  readonly conflicts: number
  /** Sessions that are over, that the target's own floor or claims refuse, or whose user is in conflict. */
  readonly sessionsOver: number
  /** Sessions of users that were there before this import: made again they could undo a sign-out. */
  readonly sessionsLeft: number
}

export const NOTHING_IMPORTED: ImportCounts = { users: 0, sessions: 0, keys: 0, conflicts: 0, sessionsOver: 0, sessionsLeft: 0 }

/** What stands in the way. Names a user by the id and a key by its generation. */
export interface Conflict {
  readonly subject: string
  readonly reason: 'address-of-another-user' | 'other-user-data' | 'other-key'
}

export interface ImportOptions {
  readonly stores: TargetStores
  readonly clock: Clock
  readonly sessions: boolean
  readonly keys: boolean
  readonly onConflict: (conflict: Conflict) => void
}

const AT_ONCE = 16

/** Stores one group; `isOpen` when an earlier run may have done so in part and died. Answers what became of it. */
export type ImportGroup = (group: Group, isOpen: boolean) => Promise<ImportCounts>

/**
 * Writes through the ports alone and overwrites nothing: a user or key that the target holds otherwise is told and left. Twice: the same, and no session that ended in between is back.
 * Throws `StoreUnavailableError` (`store-unavailable`); then the group may be there in part, and is to be imported again as an open one.
 */
export function importGroup({ stores, clock, sessions: withSessions, keys: withKeys, onConflict }: ImportOptions): ImportGroup {
  const { users, sessions, keys } = stores

  async function importKey({ key }: Content & { readonly type: 'key' }): Promise<ImportCounts> {
    if (!withKeys) return NOTHING_IMPORTED
    if ((await keys.insert(key)) === 'inserted') return { ...NOTHING_IMPORTED, keys: 1 }
    onConflict({ subject: `key of generation ${key.generation}`, reason: 'other-key' })
    return { ...NOTHING_IMPORTED, conflicts: 1 }
  }

  /** `present` is the very same user, made before. */
  async function importUser({ user, identity }: Content & { readonly type: 'user' }): Promise<'created' | 'present' | Conflict['reason']> {
    const stored = await users.find(user.id)
    if (stored === null) return (await users.create(user, identity)) === 'created' ? 'created' : 'address-of-another-user'
    const isSame = isDeepStrictEqual(stored, user) && isDeepStrictEqual(await users.identities(user.id), [identity])
    return isSame ? 'present' : 'other-user-data'
  }

  async function importSession(session: Session): Promise<boolean> {
    return isLive(session, clock.now()) && (await sessions.create(session)).outcome === 'created'
  }

  return async ({ content: [first, ...rest] }, isOpen) => {
    if (first?.type === 'key') return importKey(first)
    if (first?.type !== 'user') return NOTHING_IMPORTED
    const { id, credentialsVersion } = first.user
    const carried = withSessions ? rest.flatMap((line) => (line.type === 'session' ? [line.session] : [])) : []
    const outcome = await importUser(first)
    if (outcome !== 'created' && outcome !== 'present') {
      onConflict({ subject: `user ${id}`, reason: outcome })
      return { ...NOTHING_IMPORTED, conflicts: 1, sessionsOver: carried.length }
    }
    if (outcome === 'present' && !isOpen) return { ...NOTHING_IMPORTED, users: 1, sessionsLeft: carried.length }
    // The floor first: raising it ends what there is, and would take along sessions that were made before.
    if (credentialsVersion > 1) await sessions.endAll({ userId: id, floor: credentialsVersion, except: null })
    const made = await mapAtOnce(carried, importSession)
    const created = made.filter(Boolean).length
    return { ...NOTHING_IMPORTED, users: 1, sessions: created, sessionsOver: carried.length - created }
  }
}

/** In the order of the items, a few of them at once. Rejects when the first fails and the others under way are over. */
export async function mapAtOnce<Item, Result>(items: readonly Item[], work: (item: Item) => Promise<Result>): Promise<readonly Result[]> {
  const results: Result[] = []
  const failures: unknown[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++
      try {
        results[index] = await work(items[index] as Item)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker))
  if (failures.length > 0) throw failures[0]
  return results
}
