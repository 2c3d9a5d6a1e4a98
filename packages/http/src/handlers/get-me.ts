import type { Claims, Principal } from '@sallyport/core'
import { unauthenticated } from '../challenges.ts'
import type { Handler, HandlerDependencies } from '../handler.ts'
import type { MeView } from '../outputs.ts'
import { answer, type Reply } from '../reply.ts'
import { rfc3339 } from '../rfc3339.ts'
import { userView } from '../user-view.ts'

/** The most frequent request of all: synchronous unless the profile has to be read. */
export function getMeHandler({ authentication }: HandlerDependencies): Handler<'getMe'> {
  return ({ caller }) => {
    const claims = authentication.readProfile(caller)
    return claims instanceof Promise ? claims.then((read) => view(caller, read)) : view(caller, claims)
  }
}

function view({ userId, sessionId, authenticatedAt, asOf }: Principal, claims: Claims | null): Reply<MeView> {
  if (claims === null) return unauthenticated(true)
  return answer({ user: userView(userId, claims), session: { id: sessionId, authenticatedAt: rfc3339(authenticatedAt) }, asOf: rfc3339(asOf) })
}
