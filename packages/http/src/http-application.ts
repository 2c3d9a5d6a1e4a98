import type { Authentication } from '@sallyport/core'
import { endpoint, type Endpoint, type Outcome } from './endpoint.ts'
import { failure } from './failure.ts'
import { handlerTable } from './handler-table.ts'
import type { HttpHandler, HttpRequest, HttpResponse } from './http-message.ts'
import { issueCredentials } from './issue-credentials.ts'
import { originJudge } from './origin-policy.ts'
import { credentialReader } from './presented-credential.ts'
import { problems } from './problems.ts'
import { renderAnswer, renderProblem } from './render.ts'
import { responseHeaders, type HeaderSets } from './response-headers.ts'
import type { Route } from './route.ts'
import { routeTable } from './route-table.ts'
import { router, type Match } from './router.ts'
import { checkSettings, type HttpSettings } from './settings.ts'

export interface HttpApplicationOptions {
  readonly authentication: Authentication
  readonly settings: HttpSettings
  /** Told the cause of every 500 and 503, which the client never learns. What it throws is dropped. */
  readonly onError?: (error: unknown, request: HttpRequest) => void
}

export interface HttpApplication {
  readonly handle: HttpHandler
  readonly routes: readonly Route[]
  /** The OpenAPI 3.1 document. What makes it is loaded at the first call, because nearly no instance of a function is ever asked. */
  readonly openApi: () => Promise<object>
}

/** The whole HTTP surface over the domain. Throws `ConfigurationError` (`configuration`) for settings that cannot work. */
export function httpApplication({ authentication, settings, onError }: HttpApplicationOptions): HttpApplication {
  const { ownOrigin } = checkSettings(settings)
  const routes = routeTable(settings)
  let document: Promise<object> | null = null
  const openApi = (): Promise<object> => (document ??= import('./open-api.ts').then(({ openApiDocument }) => openApiDocument(routes, settings)))

  const handlers = handlerTable({ authentication, settings, issue: issueCredentials(authentication), openApi })
  const readCredential = credentialReader(settings.transports)
  const judgeOrigin = originJudge(new Set([ownOrigin, ...settings.allowedOrigins]))
  const { defaultTransport } = settings
  const find = router(routes, (route) =>
    endpoint(route, handlers[route.operationId] as Parameters<typeof endpoint>[1], { authentication, readCredential, judgeOrigin, defaultTransport }),
  )
  const headers = responseHeaders(settings)

  const failed = (error: unknown, request: HttpRequest, sets: HeaderSets): HttpResponse => {
    const { problem } = failure(error)
    if (onError !== undefined && problems[problem.code].status >= 500) {
      try {
        onError(error, request)
      } catch {
        // The answer matters more than its report.
      }
    }
    return renderProblem(problem, request.requestId, sets, null)
  }

  const rendered = ({ reply, headers: extra }: Outcome, { route }: Endpoint, request: HttpRequest, sets: HeaderSets): HttpResponse => {
    try {
      return reply.ok ? renderAnswer(reply, route, sets, extra) : renderProblem(reply.problem, request.requestId, sets, extra)
    } catch (error) {
      return failed(error, request, sets)
    }
  }

  const withoutEndpoint = (request: HttpRequest, match: Match<Endpoint> | null, sets: HeaderSets): HttpResponse => {
    if (match === null) return renderProblem({ code: 'not-found' }, request.requestId, sets, null)
    if (request.method === 'OPTIONS') return { status: 204, headers: headers.preflight(request.headers, match.allow), cookies: [], body: '' }
    return renderProblem({ code: 'method-not-allowed', headers: { allow: match.allow } }, request.requestId, sets, null)
  }

  const respond: HttpHandler = (request) => {
    const sets = headers.for(request.headers)
    try {
      const match = find(request.path)
      const found = match?.endpoints[request.method]
      if (match === null || found === undefined) return withoutEndpoint(request, match, sets)
      const outcome = found.serve(request, match.parameter)
      if (!(outcome instanceof Promise)) return rendered(outcome, found, request, sets)
      return outcome.then(
        (settled) => rendered(settled, found, request, sets),
        (error: unknown) => failed(error, request, sets),
      )
    } catch (error) {
      return failed(error, request, sets)
    }
  }

  const handle: HttpHandler = (request) => {
    const response = respond(request)
    if (request.method !== 'HEAD') return response
    return response instanceof Promise ? response.then(withoutBody) : withoutBody(response)
  }

  return { handle, routes, openApi }
}

function withoutBody(response: HttpResponse): HttpResponse {
  return { ...response, body: '' }
}
