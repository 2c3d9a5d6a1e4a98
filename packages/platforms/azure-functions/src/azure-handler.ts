import { plainProblem, quiet, within, type HttpHandler, type HttpResponse, type OnError } from '@sallyport/http'
import type { AzureContext, AzureFunction, AzureRequest } from './azure-message.ts'
import { azureResponse } from './azure-response.ts'
import { readRequest, type ReadRequestOptions } from './read-request.ts'
import { requestId } from './request-id.ts'

export interface AzureHandlerOptions extends ReadRequestOptions {
  readonly handle: HttpHandler
  /** After so many milliseconds the answer is 503, whatever the handler still does: less than the `functionTimeout` of host.json and the 230 s of the front end. `null`: never. */
  readonly deadlineMs?: number | null
  /** Told what a handler threw in spite of its contract, and a deadline that was missed; the client gets no detail. What it throws is dropped. */
  readonly onError: OnError
}

/**
 * The application as the `handler` of one HTTP function for all paths and methods. Nothing is thrown: what is thrown the host answers with 500 and no body. No header is believed to say
 * who somebody is: `X-MS-CLIENT-PRINCIPAL` and the like are headers among others.
 */
export function azureHandler({ handle, deadlineMs = null, ...options }: AzureHandlerOptions): AzureFunction {
  const onError = quiet(options.onError)

  const answerTo = async (request: AzureRequest, context: AzureContext, id: string): Promise<HttpResponse> => {
    const plain = await readRequest(request, context, options)
    return plain === null ? plainProblem('malformed-body', id) : handle(plain)
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
      const answer = answerTo(request, context, id)
      return azureResponse(await (deadlineMs === null ? answer : inTime(answer, deadlineMs, id)), id)
    } catch (error) {
      onError(error, id)
      return azureResponse(plainProblem('internal', id), id)
    }
  }
}
