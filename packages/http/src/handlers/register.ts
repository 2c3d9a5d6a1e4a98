import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { passwordRefused } from '../password-refusal.ts'
import { answer, refuse } from '../reply.ts'
import { userView } from '../user-view.ts'

export function registerHandler({ authentication, settings, issue }: HandlerDependencies): Handler<'register'> {
  return async ({ request, body }) => {
    const { email, password, name = null, transport = settings.defaultTransport } = body
    const result = await authentication.register({ email, password, name }, contextOf(request))
    switch (result.outcome) {
      case 'registered': {
        const { view, cookies } = issue(result.started, transport)
        return answer({ user: userView(result.user.id, result.user), ...view }, cookies)
      }
      case 'invalid-email':
        return refuse({ code: 'invalid-input', errors: [{ pointer: '#/email', detail: 'Must be one e-mail address.' }] })
      case 'identity-taken':
        return refuse({ code: 'identity-taken' })
      case 'password-refused':
        return passwordRefused(result.refusal, 'password')
    }
  }
}
