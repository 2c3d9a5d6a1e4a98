import { ConfigurationError, SallyportError } from '@sallyport/core'
import { MALFORMED, policyDocument } from './iam-policy.ts'
import type { PlannedRoute } from './policy-plan.ts'

/** As long as an ARN of a stage usually gets. */
const USUAL_STAGE = `arn:aws-us-gov:execute-api:ap-southeast-2:123456789012:abcdefghij/${'s'.repeat(12)}`

/** Before anybody waits for it: a policy that is at least as large as anybody's. Throws `ConfigurationError` (`configuration`) when the gateway would not take it. */
export function checkPolicySize(plan: readonly PlannedRoute[]): void {
  // Of each route either the allow or the deny, and everything that some allow asks to be denied.
  const routes = new Set(plan.map(({ resource }) => resource))
  const asked = plan.flatMap(({ beside, over }) => [...beside, ...over.map(({ resource }) => resource)])
  const others = new Set([...asked, ...MALFORMED].filter((resource) => !routes.has(resource)))
  const resources = (texts: ReadonlySet<string>): readonly string[] => [...texts].map((text) => `${USUAL_STAGE}/${text}`)
  try {
    policyDocument(resources(routes), resources(others))
  } catch (error) {
    throw SallyportError.is(error) ? new ConfigurationError(error.message) : error
  }
}
