import { InvariantError } from '@sallyport/core'
import type { ProtectedRoute } from '@sallyport/guard'
import type { PlannedRoute } from './policy-plan.ts'

type AtLeastOne<T> = readonly [T, ...(readonly T[])]

export interface PolicyStatement {
  readonly Action: 'execute-api:Invoke'
  readonly Effect: 'Allow' | 'Deny'
  readonly Resource: AtLeastOne<string>
}

/** A policy without a statement, or a statement without a resource, has been taken for an allow (chalice#1619): neither can be written down here. */
export interface PolicyDocument {
  readonly Version: '2012-10-17'
  readonly Statement: AtLeastOne<PolicyStatement>
}

/** API Gateway documents it for a resource in an authorizer's policy. */
const RESOURCE_MAX_CHARACTERS = 512
/**
 * API Gateway documents it for the resource policy of a REST API and says nothing of an authorizer's. Above some size it refuses every request
 * (aws-solutions/generative-ai-application-builder-on-aws#203), so ours stay below the one figure there is.
 */
export const POLICY_MAX_BYTES: number = 8192

/** No gateway answers these, and IAM's wildcards match them: an empty segment, one at the end, and dot segments. */
export const MALFORMED = ['*//*', '*/?*/', '*/./*', '*/../*', '*/.', '*/..'] as const

/**
 * The policy of one caller for every route of the stage, whatever was called to get it: under the gateway's cache any order of calls gives the verdicts of the rules.
 * Throws `InvariantError` (`invariant`) when the gateway would not take it.
 */
export function stagePolicy(stageArn: string, plan: readonly PlannedRoute[], mayCall: (route: ProtectedRoute) => boolean): PolicyDocument {
  const allowed = new Set<string>()
  const denied = new Set<string>()
  for (const { route, resource, refusable, beside, over } of plan) {
    if (!mayCall(route)) {
      if (refusable) denied.add(resource)
      continue
    }
    allowed.add(resource)
    for (const text of beside) denied.add(text)
    for (const each of over) if (each.other === null || !mayCall(each.other)) denied.add(each.resource)
  }
  if ([...allowed].some((text) => text.includes('*'))) for (const text of MALFORMED) denied.add(text)
  const resources = (texts: ReadonlySet<string>): readonly string[] => [...texts].map((text) => `${stageArn}/${text}`)
  return policyDocument(resources(allowed), resources(denied)) ?? refuseAll(stageArn)
}

/** Refuses every route of the stage. */
export function refuseAll(stageArn: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Deny', Resource: [`${stageArn}/*`] }] }
}

/** Lets the opening of a WebSocket through, and nothing else. */
export function allowConnect(stageArn: string): PolicyDocument {
  return { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [`${stageArn}/$connect`] }] }
}

/** `null` when nothing is allowed. Throws `InvariantError` (`invariant`) when the gateway would not take it. */
export function policyDocument(allowed: readonly string[], denied: readonly string[]): PolicyDocument | null {
  const allow = statement('Allow', allowed)
  const deny = statement('Deny', denied)
  if (allow === null) return null
  const policy: PolicyDocument = { Version: '2012-10-17', Statement: deny === null ? [allow] : [allow, deny] }
  if ([...allowed, ...denied].some(({ length }) => length > RESOURCE_MAX_CHARACTERS))
    throw new InvariantError(`A resource of the policy is longer than the ${RESOURCE_MAX_CHARACTERS} characters that API Gateway takes.`)
  if (Buffer.byteLength(JSON.stringify(policy)) > POLICY_MAX_BYTES)
    throw new InvariantError(`The policy is larger than ${POLICY_MAX_BYTES} bytes: the API has too many routes for one authorizer.`)
  return policy
}

function statement(Effect: PolicyStatement['Effect'], [first, ...others]: readonly string[]): PolicyStatement | null {
  return first === undefined ? null : { Action: 'execute-api:Invoke', Effect, Resource: [first, ...others] }
}
