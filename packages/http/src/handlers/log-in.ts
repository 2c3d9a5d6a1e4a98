import { badCredentials } from '../challenges.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer } from '../reply.ts'
import { userView } from '../user-view.ts'

export function logInHandler({ authentication, settings, issue }: HandlerDependencies): Handler<'logIn'> {
  return async ({ request, body }) => {
    const { email, password, transport = settings.defaultTransport } = body
    const result = await authentication.logIn({ email, password }, contextOf(request))
    if (result.outcome === 'bad-credentials') return badCredentials()
    const { view, cookies } = issue(result.started, transport)
    return answer({ user: userView(result.user.id, result.user), ...view }, cookies)
  }
}
