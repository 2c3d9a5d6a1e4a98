import type { LambdaEvent } from './event-shape.ts'
import type { LambdaContext } from './lambda-event.ts'

/** The gateway's name of the request, which stands in its access log too; of an ALB, which has none, the name of the invocation. */
export function requestId({ shape, event }: LambdaEvent, context: Pick<LambdaContext, 'awsRequestId'>): string {
  return (shape === 'alb' ? undefined : event.requestContext.requestId) ?? context.awsRequestId
}
