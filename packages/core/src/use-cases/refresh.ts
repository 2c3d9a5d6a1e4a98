import type { RequestContext } from '../request-context.ts'
import type { StartedSession } from '../session/start-session.ts'
import type { Dependencies } from './dependencies.ts'

export type RefreshSessionOutcome = ({ readonly outcome: 'refreshed' } & StartedSession) | { readonly outcome: 'refused' }

/**
 * New credentials for a session (jwt strategy), or the same for longer (session strategy), by one conditional write. A superseded token after the grace
 * ends its session before the answer, and the answer does not tell (RFC 9700 section 4.14.2). At once: all get one and the same successor.
 */
export type Refresh = (token: string, context: RequestContext) => Promise<RefreshSessionOutcome>

export function refresh({ strategy, audit }: Pick<Dependencies, 'strategy' | 'audit'>): Refresh {
  return async (token, context) => {
    const refreshed = await strategy.refresh(token)
    if (refreshed.outcome === 'refreshed') {
      const { session, credentials } = refreshed
      await audit({ name: 'session.refreshed', userId: session.userId, sessionId: session.id }, context)
      return { outcome: 'refreshed', session, credentials }
    }
    const reference = refreshed.outcome === 'reused' ? refreshed.reference : strategy.identify(token)
    const name = refreshed.outcome === 'reused' ? 'session.token-reused' : 'session.refresh-refused'
    await audit({ name, userId: reference?.userId ?? null, sessionId: reference?.sessionId ?? null }, context)
    return { outcome: 'refused' }
  }
}
