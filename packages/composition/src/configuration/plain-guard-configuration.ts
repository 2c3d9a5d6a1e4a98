import { GUARD_ROWS, guardSettings, type GuardSettings } from './guard-settings.ts'
import type { CheckSettings } from './guard-variables.ts'
import { readVariables, type Environment } from './read-variables.ts'
import type { Variable, VariablesOf } from './variable.ts'

/**
 * `guardConfiguration` where there is nothing to say: `null` when anything is missing, in a wrong form, unknown or forbidden. Apart, because an authorizer reads it at every
 * cold start, and the sentences about what is wrong only where something is.
 */
export function plainGuardConfiguration<Own>(
  environment: Environment,
  ownVariables: VariablesOf<Own>,
): { readonly settings: GuardSettings; readonly own: Own } | null {
  const production = environment['NODE_ENV'] === 'production'
  const { values, lacked, refused } = readVariables<CheckSettings>(environment, GUARD_ROWS, production)
  const own = readVariables<Own>(environment, ownVariables, production)
  const rows = Object.values<Variable<unknown>>({ ...GUARD_ROWS, ...ownVariables })
  const isPlain =
    [lacked, refused, own.lacked, own.refused].every(({ length }) => length === 0) &&
    Object.keys(environment).every((name) => !name.startsWith('SALLYPORT_') || rows.some((row) => row.name === name)) &&
    (!production || [values.publicUrl ?? '', ...values.allowedOrigins].every((url) => url.startsWith('https://')))
  return isPlain ? { settings: guardSettings(values), own: own.values } : null
}
