import { GUARD_ROWS, guardSettings, type GuardSettings } from './guard-settings.ts'
import type { CheckSettings } from './guard-variables.ts'
import { mustBeOfForm, mustBeSet, throwIfAny } from './problems.ts'
import { readVariables, type Environment } from './read-variables.ts'
import { unknownNames } from './unknown-names.ts'
import type { VariablesOf } from './variable.ts'

/** `guardConfiguration` with a sentence for everything that is wrong. */
export function judgedGuardConfiguration<Own>(
  environment: Environment,
  ownVariables: VariablesOf<Own>,
): { readonly settings: GuardSettings; readonly own: Own } {
  const production = environment['NODE_ENV'] === 'production'
  const { publicUrl, allowedOrigins } = GUARD_ROWS
  const { values, lacked, refused } = readVariables<CheckSettings>(environment, GUARD_ROWS, production)
  const own = readVariables<Own>(environment, ownVariables, production)
  const problems = [
    ...unknownNames(environment, Object.values(ownVariables)),
    ...[...refused, ...own.refused].map(mustBeOfForm),
    ...[...lacked, ...own.lacked].map(mustBeSet),
  ]
  if (production && values.publicUrl?.startsWith('http://') === true) problems.push(`${publicUrl.name} must be https in production`)
  if (production && values.allowedOrigins?.some((origin) => !origin.startsWith('https://')))
    problems.push(`${allowedOrigins.name} must be https in production`)
  throwIfAny(problems)
  return { settings: guardSettings(values), own: own.values }
}
