import { unauthenticated } from '../challenges.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer } from '../reply.ts'
import { userView } from '../user-view.ts'

export function changeMeHandler({ authentication }: HandlerDependencies): Handler<'changeMe'> {
  return async ({ request, caller, body }) => {
    const { name, attributes } = body
    const command = { ...(name === undefined ? {} : { name }), ...(attributes === undefined ? {} : { attributes }) }
    const result = await authentication.changeProfile(caller, command, contextOf(request))
    return result.outcome === 'changed' ? answer({ user: userView(result.user.id, result.user) }) : unauthenticated(true)
  }
}
