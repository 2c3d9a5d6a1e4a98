import { ConfigurationError } from '@sallyport/core'
import { plainProblem, quiet, within, type HttpHandler, type HttpResponse, type OnError } from '@sallyport/http'
import { eventShape, type LambdaEvent } from './event-shape.ts'
import type { LambdaContext, LambdaResult } from './lambda-event.ts'
import { lambdaRequest } from './lambda-request.ts'
import { lambdaResponse } from './lambda-response.ts'
import { requestId } from './request-id.ts'

export interface EventOptions {
  /** What the mapping of a custom domain, or the rule of a load balancer, puts in front of the path, such as `/v1`; none when left out. */
  readonly basePath?: string
  /** Takes events of load balancers that drop repeated headers and query parameters before anybody can see that they were repeated. `false` when left out. */
  readonly singleValueHeaders?: boolean
}

export interface LambdaHandlerOptions extends EventOptions {
  readonly handle: HttpHandler
  /** How many proxies of your own stand in front of API Gateway, the function URL or the load balancer: 1 behind CloudFront; 0 when left out. */
  readonly trustedProxyHops?: number
  /** How long before Lambda would end the invocation the answer is 503, in milliseconds; 500 when left out. */
  readonly deadlineMarginMs?: number
  /** Told what a handler threw in spite of its contract, a deadline that was missed, and an event that is none; the client gets no detail. What it throws is dropped. */
  readonly onError: OnError
}

/** What Lambda calls. Resolves when everything is done: the instance may be frozen in the same moment. Rejects for an event of none of the known fronts, and only then. */
export type LambdaFunction = (event: unknown, context: LambdaContext) => Promise<LambdaResult>

/** The application behind API Gateway (REST API, and HTTP API with either payload), function URLs and Application Load Balancers, all with the same handler. */
export function lambdaHandler(options: LambdaHandlerOptions): LambdaFunction {
  const { handle, basePath = '', singleValueHeaders = false, trustedProxyHops = 0, deadlineMarginMs = 500 } = options
  const onError = quiet(options.onError)

  const inTime = (context: LambdaContext, answer: Promise<HttpResponse>, id: string): Promise<HttpResponse> => {
    const milliseconds = Math.max(0, context.getRemainingTimeInMillis() - deadlineMarginMs)
    const late = (): HttpResponse => {
      onError(new Error('There was no answer before the invocation would have been ended.'), id)
      return plainProblem('overloaded', id, { 'retry-after': '1' })
    }
    return within(milliseconds, answer, late, (error) => onError(error, id))
  }

  return async (event, context) => {
    const lambdaEvent = acceptedEvent(event, context, onError)
    const id = requestId(lambdaEvent, context)
    try {
      refuseDropping(lambdaEvent, singleValueHeaders)
      const answer = handle(lambdaRequest(lambdaEvent, { basePath, trustedProxyHops, requestId: id }))
      const response = answer instanceof Promise ? await inTime(context, answer, id) : answer
      return lambdaResponse(lambdaEvent, response, id)
    } catch (error) {
      onError(error, id)
      return lambdaResponse(lambdaEvent, plainProblem('internal', id), id)
    }
  }
}

/** Throws for an event whose front would not understand an answer, after it was reported. */
export function acceptedEvent(event: unknown, context: LambdaContext, onError: OnError): LambdaEvent {
  try {
    return eventShape(event)
  } catch (error) {
    onError(error, context.awsRequestId)
    throw error
  }
}

/** Throws `ConfigurationError` for a load balancer that would hide a second `Authorization` line or a second `scope=` from us. */
export function refuseDropping(lambdaEvent: LambdaEvent, singleValueHeaders: boolean): void {
  if (lambdaEvent.shape !== 'alb' || lambdaEvent.multiValue || singleValueHeaders) return
  throw new ConfigurationError(
    'The target group drops repeated headers and query parameters: set its attribute lambda.multi_value_headers.enabled to true, or the option singleValueHeaders.',
  )
}
