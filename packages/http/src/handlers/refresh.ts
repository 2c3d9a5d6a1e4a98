import { unauthenticated } from '../challenges.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer } from '../reply.ts'

/**
 * The token of the body, or that of the header, or the cookie of the strategy: the refresh token (jwt), or the session's own token (session strategy). The answer
 * travels as the token did.
 */
export function refreshHandler({ authentication, issue }: HandlerDependencies): Handler<'refresh'> {
  return async ({ request, body, presented }) => {
    const transport = body?.refreshToken === undefined ? presented?.transport : 'bearer'
    const fromCookie = authentication.strategy === 'jwt' ? presented?.refresh : presented?.access
    const token = body?.refreshToken ?? (presented?.transport === 'cookie' ? fromCookie : presented?.access)
    if (transport === undefined || token === undefined || token === null) return unauthenticated(false)
    const result = await authentication.refresh(token, contextOf(request))
    if (result.outcome === 'refused') return unauthenticated(token !== '')
    const { view, cookies } = issue(result, transport)
    return answer(view, cookies)
  }
}
