import { plainProblem, quiet, type HttpHandler, type HttpResponse, type OnError } from '@sallyport/http'
import type { AzureContext, AzureFunction, AzureRequest } from './azure-message.ts'
import { azureResponse } from './azure-response.ts'
import { inTime } from './in-time.ts'
import { readRequest, type ReadRequestOptions } from './read-request.ts'
import { requestId } from './request-id.ts'

export interface AzureHandlerOptions extends Pick<ReadRequestOptions, 'trustedProxyHops'> {
  readonly handle: HttpHandler
  /**
   * After so many milliseconds the answer is 503, whatever the handler still does and however much of the body is there: less than the `functionTimeout` of host.json and the 230 s of the
   * front end. `null`: never.
   */
  readonly deadlineMs?: number | null
  /** Told what a handler threw in spite of its contract, and a deadline that was missed; the client gets no detail. What it throws is dropped. */
  readonly onError: OnError
}

/**
 * The application as the `handler` of one HTTP function for all paths and methods. Nothing is thrown: what is thrown the host answers with 500 and no body. No header is believed to say
 * who somebody is: `X-MS-CLIENT-PRINCIPAL` and the like are headers among others.
 */
export function azureHandler({ handle, deadlineMs = null, trustedProxyHops = 0, ...options }: AzureHandlerOptions): AzureFunction {
  const onError = quiet(options.onError)

  const answerTo = async (request: AzureRequest, context: AzureContext, id: string): Promise<HttpResponse> => {
    const plain = await readRequest(request, context, { trustedProxyHops })
    // A body that comes after the deadline is none either, and what is answered to it is nobody's.
    return plain === null ? plainProblem('malformed-body', id) : handle(plain)
  }

  return async (request, context) => {
    const id = requestId(request, context)
    try {
      const answer = answerTo(request, context, id)
      return azureResponse(await inTime(request, answer, { deadlineMs, onError }, id, (problem) => problem), id)
    } catch (error) {
      onError(error, id)
      return azureResponse(plainProblem('internal', id), id)
    }
  }
}
