import { unauthenticated } from '../challenges.ts'
import { clearedCookies } from '../cookies.ts'
import { contextOf, type Handler, type HandlerDependencies } from '../handler.ts'
import { answer } from '../reply.ts'

/**
 * Any token of the session ends it. Cookies are cleared whenever the request relied on them or showed nothing at all, whatever they were worth; a token in the
 * header or body leaves alone what the browser keeps for somebody else.
 */
export function logOutHandler({ authentication, settings }: HandlerDependencies): Handler<'logOut'> {
  const clears = settings.transports.includes('cookie')
  return async ({ request, body, presented }) => {
    const inBody = body?.refreshToken
    const presentedTokens = inBody === undefined || presented?.transport === 'bearer' ? [presented?.access, presented?.refresh, inBody] : [inBody]
    const shown = presentedTokens.filter((token): token is string => typeof token === 'string' && token !== '')
    const byCookie = inBody === undefined && presented?.transport !== 'bearer'
    const cookies = clears && byCookie ? clearedCookies : []
    const outcome = shown.length === 0 ? 'unknown' : await authentication.logOut(shown, contextOf(request))
    return outcome === 'ended' ? answer(null, cookies) : unauthenticated(shown.length > 0, cookies)
  }
}
