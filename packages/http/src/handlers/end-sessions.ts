import { clearedCookies } from '../cookies.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer } from '../reply.ts'

export function endSessionsHandler({ authentication }: HandlerDependencies): Handler<'endSessions'> {
  return async ({ request, caller, presented, query }) => {
    const scope = query.scope ?? 'others'
    await authentication.sessions.endAll(caller, scope, contextOf(request))
    return answer(null, scope === 'all' && presented?.transport === 'cookie' ? clearedCookies : [])
  }
}
