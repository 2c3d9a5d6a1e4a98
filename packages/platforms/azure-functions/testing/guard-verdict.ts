import type { GuardKitAnswer, KitResponse } from '@sallyport/conformance'

const REFUSALS = {
  unauthenticated: 'unauthenticated',
  'not-fresh': 'not-fresh',
  forbidden: 'forbidden',
  'cross-site': 'cross-site',
  'store-unavailable': 'unavailable',
  internal: 'broken',
} as const

/** What a client learns from the answer of a guarded function that answers 200 with `{ userId }`. */
export function guardVerdict({ status, body }: Pick<KitResponse, 'status' | 'body'>): GuardKitAnswer {
  const answered = JSON.parse(body) as { readonly userId?: string | null; readonly type?: string }
  if (status === 200) return { allowed: true, userId: answered.userId ?? null }
  const code = answered.type?.replace('urn:sallyport:problem:', '') ?? ''
  return { allowed: false, refusal: code in REFUSALS ? REFUSALS[code as keyof typeof REFUSALS] : 'refused' }
}
