import type { PolicyDocument } from '../src/policy/iam-policy.ts'

/** A policy as API Gateway finds it: whatever a function returned. */
export interface AnyPolicy {
  readonly Statement: readonly { readonly Effect: string; readonly Action: string; readonly Resource: string | readonly string[] }[]
}

/** The verdict of IAM: an explicit deny wins, what nothing allows is refused. */
export function iamAllows(policy: AnyPolicy | PolicyDocument, arn: string): boolean {
  const effects = policy.Statement.filter(
    ({ Action, Resource }) => Action === 'execute-api:Invoke' && [Resource].flat().some((pattern) => iamMatches(pattern, arn)),
  ).map(({ Effect }) => Effect)
  return effects.includes('Allow') && !effects.includes('Deny')
}

/** `*` is any run of characters, an empty one and slashes among them, `?` is one character; everything else is itself, in its case. */
export function iamMatches(pattern: string, text: string): boolean {
  let [at, star, tried] = [0, -1, 0]
  let position = 0
  while (position < text.length) {
    if (pattern[at] === '*') {
      star = at++
      tried = position
    } else if (at < pattern.length && (pattern[at] === '?' || pattern[at] === text[position])) {
      at++
      position++
    } else if (star >= 0) {
      at = star + 1
      position = ++tried
    } else return false
  }
  while (pattern[at] === '*') at++
  return at === pattern.length
}
