import { CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, type Instant, type Session } from '@sallyport/core'
import { affirm, erase, insert, put, update, type Stored, type Write } from './entity.ts'
import { floorKey, permitKey, type FloorRecord, type Permit } from './keyspace.ts'

/**
 * The floor under a user's sessions, and beside it at most one permit, an entity whose key says which sessions may be created, and whose being there is all that
 * their creation asks: a commit can ask that without having looked. The floor names its permit, and both change in one commit; so a permit is there only while
 * the floor is where its sessions' version puts it, and lets in nobody whom the floor would refuse, nor anybody who has to be told of another floor.
 */

/** The floor that a user of that version has unless an `endAll` was cut short: their version, and none before the first change. */
const settledAt = (credentialsVersion: number): number => (credentialsVersion > 1 ? credentialsVersion : 0)

const permitOf = ({ credentialsVersion, claims }: Session): Permit => ({ credentialsVersion, claimsVersion: claims.version })

/** For a permit of claims that are not older than the floor's mark. A floor that is going to be forgotten has none, which would stay behind. */
function isRight({ credentialsVersion }: Permit, floor: FloorRecord): boolean {
  return floor.closedUntil === null && floor.floor === settledAt(credentialsVersion)
}

/** Whatever version of this package wrote it. */
type Floor = FloorRecord & { readonly permit: Permit | null }

/** What counts now: a closed floor whose time is over is as absent, whether the clean-up came by or not. */
export function floorOf(stored: Stored<FloorRecord> | null, userId: string, now: Instant): Floor {
  const isForgotten = stored !== null && stored.record.closedUntil !== null && stored.record.closedUntil <= now
  if (stored === null || isForgotten) return { userId, floor: 0, claimsVersion: 0, closedUntil: null, permit: null }
  return { ...stored.record, permit: stored.record.permit ?? null }
}

/** The floor as it is once a user of this session's versions has signed in. A guess: what it leads to writes the permit that it names, and nothing else of it. */
export function permittedFloor(session: Session): Stored<FloorRecord> {
  const { userId, credentialsVersion } = session
  const record: FloorRecord = { userId, floor: settledAt(credentialsVersion), claimsVersion: 0, closedUntil: null, permit: permitOf(session) }
  return { key: floorKey(userId), record, version: '' }
}

/** For a session that the floor lets in: what makes its creation fail when the floor rises, or the mark of the claims: any number of sign-ins may write it at once. */
export function admission(session: Session, stored: Stored<FloorRecord> | null, now: Instant): readonly Write[] {
  const { userId } = session
  const floor = floorOf(stored, userId, now)
  const permit = permitOf(session)
  if (isSame(floor.permit, permit)) return [affirm(permitKey(userId, permit), { userId, ...permit })]
  // As it is, where it is not the floor of this permit.
  return rewriting(stored, floor, isRight(permit, floor) ? { ...floor, permit } : floor)
}

/** Lifts floor and claims version to what is given, never lowers them; what the permit lets in follows the claims, or nobody. Empty when they are as high. */
export function raising(
  stored: Stored<FloorRecord> | null,
  { userId, floor, claimsVersion, now }: { readonly userId: string; readonly floor: number; readonly claimsVersion: number; readonly now: Instant },
): readonly Write[] {
  const before = floorOf(stored, userId, now)
  const raised: Floor = {
    ...before,
    floor: Math.max(before.floor, floor),
    claimsVersion: Math.max(before.claimsVersion, claimsVersion),
    closedUntil: before.closedUntil ?? (floor === CLOSED_FLOOR ? now + CLOSED_FLOOR_KEPT_MS : null),
  }
  const known = stored?.record
  if (known?.floor === raised.floor && known.claimsVersion === raised.claimsVersion && known.closedUntil === raised.closedUntil) return []
  const permit = before.permit === null ? null : { ...before.permit, claimsVersion: Math.max(before.permit.claimsVersion, raised.claimsVersion) }
  return rewriting(stored, before, { ...raised, permit: permit !== null && isRight(permit, raised) ? permit : null })
}

/** The floor with its permit, and nothing of the permit that it named before. */
function rewriting(stored: Stored<FloorRecord> | null, before: Floor, after: Floor): readonly Write[] {
  const { userId, permit } = after
  const floor = stored === null ? insert(floorKey(userId), after) : update(stored, after)
  if (isSame(before.permit, permit)) return [floor]
  return [
    floor,
    ...(permit === null ? [] : [put(permitKey(userId, permit), { userId, ...permit })]),
    ...(before.permit === null ? [] : [erase(permitKey(userId, before.permit))]),
  ]
}

function isSame(one: Permit | null, other: Permit | null): boolean {
  return one?.credentialsVersion === other?.credentialsVersion && one?.claimsVersion === other?.claimsVersion
}
