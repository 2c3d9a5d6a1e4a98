import type { Principal, Session } from '@sallyport/core'
import type { Handler, HandlerDependencies } from '../handler.ts'
import type { SessionView } from '../outputs.ts'
import { answer } from '../reply.ts'
import { rfc3339 } from '../rfc3339.ts'

const DEFAULT_LIMIT = 25

export function listSessionsHandler({ authentication }: HandlerDependencies): Handler<'listSessions'> {
  return async ({ caller, query }) => {
    const page = await authentication.sessions.list(caller, {
      limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
      cursor: query.cursor ?? null,
    })
    return answer({ sessions: page.sessions.map((session) => view(session, caller)), cursor: page.cursor })
  }
}

function view({ id, createdAt, authenticatedAt, idleExpiresAt, expiresAt, client }: Session, caller: Principal): SessionView {
  return {
    id,
    current: id === caller.sessionId,
    createdAt: rfc3339(createdAt),
    authenticatedAt: rfc3339(authenticatedAt),
    idleExpiresAt: rfc3339(Math.min(idleExpiresAt, expiresAt)),
    expiresAt: rfc3339(expiresAt),
    client: { userAgent: client.userAgent, network: client.network },
  }
}
