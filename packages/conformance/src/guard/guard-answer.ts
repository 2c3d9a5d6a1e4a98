import type { GuardRefusal } from '@sallyport/guard'
import type { KitResponse } from '../http/kit-message.ts'
import type { GuardKitAnswer } from './guard-harness.ts'

/** By the type of a problem document. What a client cannot tell apart from a path that is not there is only refused. */
const REFUSALS: { readonly [code: string]: GuardRefusal } = {
  unauthenticated: 'unauthenticated',
  'not-fresh': 'not-fresh',
  forbidden: 'forbidden',
  'cross-site': 'cross-site',
  'store-unavailable': 'unavailable',
  overloaded: 'unavailable',
  internal: 'broken',
}

/** What a client learns from the answer of a guarded function that tells who was let in: status 200 and `{ userId }`. */
export function guardAnswer({ status, body }: Pick<KitResponse, 'status' | 'body'>): GuardKitAnswer {
  const { userId, type } = JSON.parse(body) as { readonly userId: string | null; readonly type?: string }
  if (status === 200 && type === undefined) return { allowed: true, userId }
  return refusalBy(type)
}

/** What the type of a problem says of the decision; `refused` for one that says nothing, or none. */
export function refusalBy(type: string | undefined): GuardKitAnswer {
  return { allowed: false, refusal: REFUSALS[type?.replace('urn:sallyport:problem:', '') ?? ''] ?? 'refused' }
}
