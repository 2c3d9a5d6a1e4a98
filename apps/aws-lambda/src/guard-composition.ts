import { authorizer, systemClock, type TokenChecker } from '@sallyport/core'
import type { GuardOptions } from '@sallyport/guard'
import type { GuardConfig } from './config.ts'
import type { Records } from './records.ts'

/** Makes the checker of a strategy. Asks nobody. */
export type MakeChecker = (config: GuardConfig, onError: Records['error']) => TokenChecker | Promise<TokenChecker>

/** The parts of the guard for authorizers and guarded functions, put together by hand: no container, no secret, nothing that only the API needs. */
export async function guardParts(config: GuardConfig, makeChecker: MakeChecker, { audit, error }: Records): Promise<GuardOptions> {
  const { transports, publicUrl, allowedOrigins } = config.settings
  return {
    authorize: authorizer({ strategy: await makeChecker(config, error), clock: systemClock }),
    clock: systemClock,
    transports,
    publicUrl,
    allowedOrigins,
    audit,
    onError: error,
  }
}
