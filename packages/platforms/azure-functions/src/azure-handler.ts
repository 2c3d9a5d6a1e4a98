import { fetchHeaders, forwardedAddress, plainProblem, quiet, within, type HttpHandler, type HttpResponse, type OnError } from '@sallyport/http'
import type { AzureFunction, AzureRequest } from './azure-message.ts'
import { azureResponse } from './azure-response.ts'
import { requestBody } from './request-body.ts'
import { requestId } from './request-id.ts'
import { requestTarget } from './request-target.ts'

export interface AzureHandlerOptions {
  readonly handle: HttpHandler
  /** How many proxies of your own stand in front of the platform's front end, which is always believed: 1 behind API Management, 2 with Front Door before it. */
  readonly trustedProxyHops?: number
  /** After so many milliseconds the answer is 503, whatever the handler still does: less than the `functionTimeout` of host.json and the 230 s of the front end. `null`: never. */
  readonly deadlineMs?: number | null
  /** Told what a handler threw in spite of its contract, and a deadline that was missed; the client gets no detail. What it throws is dropped. */
  readonly onError: OnError
}

/**
 * The application as the `handler` of one HTTP function for all paths and methods. Nothing is thrown: what is thrown the host answers with 500 and no body. No header is believed to say
 * who somebody is: `X-MS-CLIENT-PRINCIPAL` and the like are headers among others.
 */
export function azureHandler({ handle, trustedProxyHops = 0, deadlineMs = null, ...options }: AzureHandlerOptions): AzureFunction {
  const onError = quiet(options.onError)

  const answerTo = async (request: AzureRequest, id: string): Promise<HttpResponse> => {
    const body = await requestBody(request)
    if (body === 'broken') return plainProblem('malformed-body', id)
    const headers = fetchHeaders(request.headers)
    const address = forwardedAddress(headers, 1 + trustedProxyHops)
    return handle({ method: request.method, ...requestTarget(request.url), headers, body, address, requestId: id })
  }

  const inTime = (answer: Promise<HttpResponse>, milliseconds: number, id: string): Promise<HttpResponse> => {
    const late = (): HttpResponse => {
      onError(new Error(`There was no answer within ${milliseconds} ms.`), id)
      return plainProblem('overloaded', id, { 'retry-after': '1' })
    }
    return within(milliseconds, answer, late, (error) => onError(error, id))
  }

  return async (request, context) => {
    const id = requestId(request, context)
    try {
      const answer = answerTo(request, id)
      return azureResponse(await (deadlineMs === null ? answer : inTime(answer, deadlineMs, id)), id)
    } catch (error) {
      onError(error, id)
      return azureResponse(plainProblem('internal', id), id)
    }
  }
}
