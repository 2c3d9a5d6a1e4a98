import type { GuardSettings } from './guard-settings.ts'
import { judgedGuardConfiguration } from './judged-guard-configuration.ts'
import { plainGuardConfiguration } from './plain-guard-configuration.ts'
import type { Environment } from './read-variables.ts'
import type { VariablesOf } from './variable.ts'

/**
 * The settings of a process that only checks credentials, and the variables of the app itself. Reads the same environment as `configuration` and ignores what only
 * the API needs; the public URL must be given. Throws `ConfigurationError` (`configuration`) with every problem at once, also for a revocation bound above the maximum.
 */
export function guardConfiguration<Own>(
  environment: Environment,
  ownVariables: VariablesOf<Own>,
): { readonly settings: GuardSettings; readonly own: Own } {
  return plainGuardConfiguration(environment, ownVariables) ?? judgedGuardConfiguration(environment, ownVariables)
}
