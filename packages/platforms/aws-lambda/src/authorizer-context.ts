import { vouchedIn, type Vouched } from '@sallyport/guard'
import type { LambdaEvent } from './event-shape.ts'

/**
 * Whom a Lambda authorizer in front has let in, as it says in the part of the event that no client can write; `null` when it says nothing, or anything that is not whole. The claims of an HTTP
 * API's own JWT authorizer are never read: it forwards the token, which is checked again at no cost of a store.
 */
export function vouchedBy({ shape, event }: LambdaEvent): Vouched | null {
  if (shape === 'alb') return null
  return vouchedIn(shape === 'rest' ? event.requestContext.authorizer : event.requestContext.authorizer?.lambda)
}
