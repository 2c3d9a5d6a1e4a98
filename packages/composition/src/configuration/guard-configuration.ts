import { boundOf } from './bound-of.ts'
import { GUARD_VARIABLES, type CheckSettings } from './guard-variables.ts'
import { mustBeSet, throwIfAny } from './problems.ts'
import { readVariables, unknownNames, type Environment } from './read-variables.ts'
import type { VariablesOf } from './variable.ts'

/** What an authorizer or a guarded function has to know: no secret among it, so that a leak of their environment opens nothing. */
export type GuardSettings = Omit<CheckSettings, 'publicUrl'> & {
  /** The issuer, without a slash at its end. */
  readonly publicUrl: string
  /** After how many seconds an ended session is refused everywhere. */
  readonly revocationBoundSeconds: number
}

/**
 * The settings of a process that only checks credentials, and the variables of the app itself. Reads the same environment as `configuration` and ignores what only
 * the API needs; the public URL must be given. Throws `ConfigurationError` (`configuration`) with every problem at once, also for a revocation bound above the maximum.
 */
export function guardConfiguration<Own>(
  environment: Environment,
  ownVariables: VariablesOf<Own>,
): { readonly settings: GuardSettings; readonly own: Own } {
  const problems = unknownNames(environment, Object.values(ownVariables))
  const production = environment['NODE_ENV'] === 'production'
  const { publicUrl, allowedOrigins } = GUARD_VARIABLES
  const variables = { ...GUARD_VARIABLES, publicUrl: { ...publicUrl, default: 'required' } } as const
  const { values, lacked } = readVariables<CheckSettings>(environment, variables, production, problems)
  const own = readVariables<Own>(environment, ownVariables, production, problems)
  problems.push(...[...lacked, ...own.lacked].map(mustBeSet))
  if (production && values.publicUrl !== null && !values.publicUrl.startsWith('https://') && lacked.length === 0)
    problems.push(`${publicUrl.name} must be https in production`)
  if (production && values.allowedOrigins.some((origin) => !origin.startsWith('https://')))
    problems.push(`${allowedOrigins.name} must be https in production`)
  throwIfAny(problems)
  return { settings: { ...values, publicUrl: values.publicUrl ?? '', revocationBoundSeconds: boundOf(values) }, own: own.values }
}
