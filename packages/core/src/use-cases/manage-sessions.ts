import type { SessionPage } from '../ports/session-store.ts'
import type { RequestContext } from '../request-context.ts'
import type { Principal } from '../session/principal.ts'
import type { SessionId } from '../session/session.ts'
import { isSessionId } from '../session/opaque-token.ts'
import type { Dependencies } from './dependencies.ts'

/** The caller's own devices (OWASP ASVS 7.5.2). Another user's session is absent here, whatever its id. */
export interface ManageSessions {
  list(principal: Principal, page: { readonly limit: number; readonly cursor: string | null }): Promise<SessionPage>
  /** `false` when the caller has no such live session. */
  end(principal: Principal, sessionId: SessionId, context: RequestContext): Promise<boolean>
  /** Ends all sessions but this one, or all; durable before it returns. How many ended. */
  endAll(principal: Principal, scope: 'others' | 'all', context: RequestContext): Promise<number>
}

export function manageSessions({ sessions, audit }: Pick<Dependencies, 'sessions' | 'audit'>): ManageSessions {
  return {
    list: ({ userId }, page) => sessions.list({ userId, ...page }),
    end: async ({ userId }, sessionId, context) => {
      const ended = isSessionId(sessionId) && (await sessions.end({ userId, sessionId, secretHash: null }))
      if (ended) await audit({ name: 'session.ended', userId, sessionId, reason: 'owner' }, context)
      return ended
    },
    endAll: async ({ userId, sessionId }, scope, context) => {
      const count = await sessions.endAll({ userId, floor: 0, except: scope === 'others' ? sessionId : null })
      await audit({ name: 'session.all-ended', userId, sessionId, reason: scope }, context)
      return count
    },
  }
}
