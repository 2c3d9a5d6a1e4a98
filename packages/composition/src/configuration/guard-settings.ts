import { boundOf } from './bound-of.ts'
import { GUARD_VARIABLES, type CheckSettings } from './guard-variables.ts'
import type { VariablesOf } from './variable.ts'

/** What an authorizer or a guarded function has to know: no secret among it, so that a leak of their environment opens nothing. */
export type GuardSettings = Omit<CheckSettings, 'publicUrl'> & {
  /** The issuer, without a slash at its end. */
  readonly publicUrl: string
  /** After how many seconds an ended session is refused everywhere. */
  readonly revocationBoundSeconds: number
}

/** Nobody can guess whose tokens a guard is to trust. */
export const GUARD_ROWS: VariablesOf<CheckSettings> = { ...GUARD_VARIABLES, publicUrl: { ...GUARD_VARIABLES.publicUrl, default: 'required' } }

/** Throws `ConfigurationError` (`configuration`) for a revocation bound above the maximum. */
export function guardSettings(values: CheckSettings): GuardSettings {
  return { ...values, publicUrl: values.publicUrl ?? '', revocationBoundSeconds: boundOf(values) }
}
