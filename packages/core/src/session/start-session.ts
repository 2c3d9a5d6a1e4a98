import { ConflictError } from '../errors.ts'
import { SECOND } from '../instant.ts'
import { displayNetwork } from '../limits/network.ts'
import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { SessionStore } from '../ports/session-store.ts'
import type { UserStore } from '../ports/user-store.ts'
import type { RequestContext } from '../request-context.ts'
import type { User } from '../user/user.ts'
import type { CredentialStrategy } from './credential-strategy.ts'
import type { Credentials } from './credentials.ts'
import { idleExpiry, type Lifetimes } from './lifetimes.ts'
import { newSessionId } from './opaque-token.ts'
import { claimsOf, type Client, type Session } from './session.ts'

export interface StartedSession {
  readonly session: Session
  readonly credentials: Credentials
}

/**
 * A new session for a user whose credentials were just checked. `null` when they were changed meanwhile: the sign-in lost that race and must be refused.
 * Throws `ConflictError` when the user changes faster than it can be read.
 */
export type StartSession = (user: User, context: RequestContext) => Promise<StartedSession | null>

export interface StartSessionDependencies {
  readonly users: UserStore
  readonly sessions: SessionStore
  readonly strategy: CredentialStrategy
  readonly clock: Clock
  readonly random: Random
  readonly lifetimes: Lifetimes
}

const MAX_TRIES = 3
const USER_AGENT_LENGTH = 256

export function startSession({ users, sessions, strategy, clock, random, lifetimes }: StartSessionDependencies): StartSession {
  return async (checked, context) => {
    let user = checked
    for (let attempt = 0; attempt < MAX_TRIES; attempt++) {
      const now = clock.now()
      const { secret, secretHash } = strategy.newSecret()
      const session: Session = {
        id: newSessionId(random),
        userId: user.id,
        secretHash,
        counter: 0,
        rotatedAt: now,
        createdAt: now,
        authenticatedAt: now,
        idleExpiresAt: idleExpiry(now, lifetimes),
        expiresAt: now + lifetimes.absoluteSeconds * SECOND,
        credentialsVersion: user.credentialsVersion,
        claims: claimsOf(user),
        client: clientOf(context),
      }
      const created = await sessions.create(session)
      if (created.outcome === 'credentials-outdated') return null
      if (created.outcome === 'created') {
        // A floor below the user's version: whoever raised that version died before all older sessions had ended. Finish it.
        if (created.floor < user.credentialsVersion && user.credentialsVersion > 1) {
          await sessions.endAll({ userId: user.id, floor: user.credentialsVersion, except: session.id })
        }
        return { session, credentials: await strategy.issue(session, secret) }
      }
      const current = await users.find(user.id)
      if (current === null || current.status !== 'active' || current.credentialsVersion !== checked.credentialsVersion) return null
      user = current
    }
    throw new ConflictError('The user changed again and again during the sign-in')
  }
}

function clientOf(context: RequestContext): Client {
  const userAgent = context.userAgent?.replace(/[^\P{C} ]/gu, '').slice(0, USER_AGENT_LENGTH)
  return { userAgent: userAgent === undefined || userAgent === '' ? null : userAgent.toWellFormed(), network: displayNetwork(context.address) }
}
