import type { GuardRefusal } from '@sallyport/guard'

/** The one message for which API Gateway answers 401. It keeps no verdict for it. */
export function unauthorized(): Error {
  return new Error('Unauthorized')
}

/** For every other message the gateway answers 500, and keeps no verdict: an outage must neither let anybody in nor sign anybody out. The cause went to `onError`. */
export function authorizerFailure(refusal: GuardRefusal): Error {
  return new Error(`The authorizer could not decide: ${refusal}`)
}
