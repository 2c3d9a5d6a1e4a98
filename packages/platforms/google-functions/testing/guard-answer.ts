import type { GuardKitAnswer, KitResponse } from '@sallyport/conformance'
import type { GuardRefusal } from '@sallyport/guard'

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

/** What a client learns from the answer of a guarded function, which tells the id of whoever was let in. */
export function guardAnswer({ status, body }: KitResponse): GuardKitAnswer {
  const { userId, type } = JSON.parse(body) as { readonly userId: string | null; readonly type?: string }
  return status === 200 && type === undefined ? { allowed: true, userId } : refusalBy(type)
}

export function refusalBy(type: string | undefined): GuardKitAnswer {
  return { allowed: false, refusal: REFUSALS[type?.replace('urn:sallyport:problem:', '') ?? ''] ?? 'refused' }
}
