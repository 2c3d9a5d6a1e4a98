import { clearedCookies } from '../cookies.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer, refuse } from '../reply.ts'

export function endSessionHandler({ authentication }: HandlerDependencies): Handler<'endSession'> {
  return async ({ request, caller, presented, params }) => {
    const ended = await authentication.sessions.end(caller, params.id, contextOf(request))
    if (!ended) return refuse({ code: 'not-found' })
    return answer(null, params.id === caller.sessionId && presented?.transport === 'cookie' ? clearedCookies : [])
  }
}
