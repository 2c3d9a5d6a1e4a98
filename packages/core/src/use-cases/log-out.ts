import type { RequestContext } from '../request-context.ts'
import type { Dependencies } from './dependencies.ts'

/** `ended` also when the session was over already; `unknown` when none of the tokens is ours. */
export type LogOutOutcome = 'ended' | 'unknown'

/** Ends the session of the first token that is one of ours (access or refresh), durably, before it returns: one store call. Twice: `ended` again. */
export type LogOut = (tokens: readonly string[], context: RequestContext) => Promise<LogOutOutcome>

export function logOut({ sessions, strategy, audit }: Pick<Dependencies, 'sessions' | 'strategy' | 'audit'>): LogOut {
  return async (tokens, context) => {
    for (const token of tokens) {
      const reference = strategy.identify(token)
      if (reference === null) continue
      const ended = await sessions.end(reference)
      if (ended) await audit({ name: 'session.ended', userId: reference.userId, sessionId: reference.sessionId, reason: 'logout' }, context)
      return 'ended'
    }
    return 'unknown'
  }
}
