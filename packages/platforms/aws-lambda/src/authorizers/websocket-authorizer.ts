import type { Rule } from '@sallyport/core'
import { contextOf, decider, type GuardOptions } from '@sallyport/guard'
import { connectStageArn } from '../policy/execute-api-arn.ts'
import { allowConnect, refuseAll } from '../policy/iam-policy.ts'
import { authorizerFailure, unauthorized } from './authorizer-errors.ts'
import { connectHeaders, type ConnectAuthorizerEvent, type InvocationContext } from './gateway-events.ts'
import type { PolicyResponse } from './policy-decision.ts'

export interface WebsocketAuthorizerOptions extends GuardOptions {
  /** What it takes to open a connection. */
  readonly rule: Rule
}

/** Rejects with `Unauthorized` (401), or with another error (500) for what could not be decided; every other refusal is a policy that denies (403). */
export type WebsocketAuthorizer = (event: ConnectAuthorizerEvent, context: InvocationContext) => Promise<PolicyResponse>

/**
 * The authorizer of a WebSocket API's `$connect`. Browsers let every page open a WebSocket to anywhere and send our cookies along, so a cookie counts only from a trusted origin; a token in the
 * query string never does, because it would end up in logs. The gateway asks once for the life of a connection: whoever answers its messages checks `expiresAt` of the context.
 */
export function websocketAuthorizer({ rule, ...parts }: WebsocketAuthorizerOptions): WebsocketAuthorizer {
  const ask = decider(parts)
  return async (event, { awsRequestId }) => {
    const stageArn = connectStageArn(event.methodArn)
    const decision = await ask({ method: 'CONNECT', headers: connectHeaders(event), requestId: awsRequestId }, rule)
    if (decision.allowed) {
      const { principal, transport } = decision
      const who =
        principal === null
          ? { principalId: 'anonymous', context: {} }
          : { principalId: principal.userId, context: contextOf({ principal, transport }) }
      return { ...who, policyDocument: allowConnect(stageArn) }
    }
    switch (decision.refusal) {
      case 'unauthenticated':
        throw unauthorized()
      case 'unavailable':
      case 'broken':
        throw authorizerFailure(decision.refusal)
      case 'forbidden':
      case 'not-fresh':
      case 'cross-site':
        return { principalId: decision.principal?.userId ?? 'anonymous', policyDocument: refuseAll(stageArn), context: {} }
      default:
        throw authorizerFailure(decision.refusal satisfies never)
    }
  }
}
