import { ConfigurationError } from '@sallyport/core'
import type { AlbEvent, HttpApiEvent, RestEvent } from './lambda-event.ts'

export type LambdaEvent =
  | { readonly shape: 'rest'; readonly event: RestEvent }
  | { readonly shape: 'http-api'; readonly event: HttpApiEvent }
  /** `multiValue`: the target group has `lambda.multi_value_headers.enabled`, so nothing that came twice was dropped. */
  | { readonly shape: 'alb'; readonly event: AlbEvent; readonly multiValue: boolean }

/**
 * Which of the four fronts has sent this event. Looks at nothing that a client can write.
 *
 * @throws ConfigurationError (`configuration`) for the event of anything else: no answer of ours would be understood there, so the invocation fails.
 */
export function eventShape(event: unknown): LambdaEvent {
  if (isObject(event) && isObject(event['requestContext'])) {
    const { requestContext: context } = event
    if (isObject(context['elb'])) {
      if (isText(event['httpMethod']) && isText(event['path']))
        return { shape: 'alb', event: event as unknown as AlbEvent, multiValue: isObject(event['multiValueHeaders']) }
    } else if (event['version'] === '2.0') {
      if (isObject(context['http']) && isText(context['http']['method']) && isText(event['rawPath']) && typeof event['rawQueryString'] === 'string')
        return { shape: 'http-api', event: event as unknown as HttpApiEvent }
    } else if (isObject(context['identity']) && isText(event['httpMethod']) && isText(event['path'])) {
      return { shape: 'rest', event: event as unknown as RestEvent }
    }
  }
  throw new ConfigurationError(
    'This function answers the events of API Gateway (REST API, HTTP API), of function URLs and of Application Load Balancers; this event is none of these.',
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}
