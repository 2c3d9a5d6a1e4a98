import { clearedCookies } from '../cookies.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer, refuse } from '../reply.ts'

export function deleteMeHandler({ authentication }: HandlerDependencies): Handler<'deleteMe'> {
  return async ({ request, caller, presented, body }) => {
    const outcome = await authentication.deleteAccount(caller, body.password, contextOf(request))
    if (outcome === 'bad-credentials') return refuse({ code: 'wrong-password' })
    return answer(null, presented?.transport === 'cookie' ? clearedCookies : [])
  }
}
