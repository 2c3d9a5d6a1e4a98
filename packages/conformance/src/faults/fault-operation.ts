import type { Clock, Identity, OneTimeToken, Rotation, Session, SigningKey, Stores, User } from '@sallyport/core'
import { HOUR } from '@sallyport/core'
import { newIdentity, newOneTimeToken, newSession, newSigningKey, newUser, nextVersion } from '../stores/samples.ts'

/** What one call is about: fresh for every trial, and the same for every repetition of the call. */
export interface Subject {
  readonly user: User
  readonly identity: Identity
  /** The user one version further, under another address, and the identity of that. */
  readonly changed: User
  readonly movedIdentity: Identity
  readonly session: Session
  readonly otherSession: Session
  readonly rotation: Rotation
  readonly token: OneTimeToken
  readonly olderToken: OneTimeToken
  readonly key: SigningKey
  readonly at: number
}

/** One writing call of a port. */
export interface FaultOperation {
  readonly name: string
  /** What must be there before. */
  readonly given: (stores: Stores, subject: Subject) => Promise<unknown>
  /** The call; answers in short form. */
  readonly run: (stores: Stores, subject: Subject) => Promise<string>
  readonly answer: string
  /** What else may be answered when an earlier try may have taken effect. */
  readonly afterLoss: readonly string[]
  /** What is there, read past the faults: `done`, `undone`, or in words what is half there. Asked once, at the end: some of it can only be known by using it up. */
  readonly state: (plain: Stores, subject: Subject) => Promise<string>
  /** It works in pages, so that an error may leave a part done, which the repetition completes. */
  readonly inPages: boolean
}

export function newSubject(clock: Clock): Subject {
  const user = newUser(clock)
  const changed = nextVersion(user, { email: `new-${user.email}`, name: 'Countess' })
  const session = newSession(clock, user)
  const token = newOneTimeToken(clock, user.id)
  return {
    user,
    identity: newIdentity(user),
    changed,
    movedIdentity: newIdentity(changed),
    session,
    otherSession: newSession(clock, user),
    rotation: { userId: user.id, sessionId: session.id, counter: 0, graceMs: 10_000, idleExpiresAt: clock.now() + HOUR },
    token,
    olderToken: newOneTimeToken(clock, user.id),
    key: newSigningKey(clock, 1),
    at: clock.now(),
  }
}

/** `done` when all of the facts hold, `undone` when none does. */
export function wholeOrNothing(facts: Readonly<Record<string, boolean>>): string {
  const entries = Object.entries(facts)
  if (entries.every(([, holds]) => holds)) return 'done'
  if (entries.every(([, holds]) => !holds)) return 'undone'
  return `half: ${entries.map(([fact, holds]) => `${fact} ${holds ? 'yes' : 'no'}`).join(', ')}`
}
