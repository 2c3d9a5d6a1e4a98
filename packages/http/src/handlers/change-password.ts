import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { passwordRefused } from '../password-refusal.ts'
import { answer, refuse } from '../reply.ts'
import { userView } from '../user-view.ts'

export function changePasswordHandler({ authentication, settings, issue }: HandlerDependencies): Handler<'changePassword'> {
  return async ({ request, caller, presented, body }) => {
    const result = await authentication.changePassword(caller, body, contextOf(request))
    switch (result.outcome) {
      case 'changed': {
        const { view, cookies } = issue(result.started, presented?.transport ?? settings.defaultTransport)
        return answer({ user: userView(result.user.id, result.user), ...view }, cookies)
      }
      case 'bad-credentials':
        return refuse({ code: 'wrong-password' })
      case 'password-refused':
        return passwordRefused(result.refusal, 'newPassword')
    }
  }
}
