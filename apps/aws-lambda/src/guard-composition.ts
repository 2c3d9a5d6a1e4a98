import { authorizer, systemClock, type TokenChecker } from '@sallyport/core'
import type { GuardOptions } from '@sallyport/guard'
import type { GuardConfig } from './config.ts'
import type { Records } from './records.ts'

/** Makes the checker of a strategy. Asks nobody. */
export type MakeChecker = (config: GuardConfig, onError: Records['error']) => TokenChecker | Promise<TokenChecker>

/** The parts of the guard for authorizers and guarded functions, put together by hand: no container, no secret, nothing that only the API needs. */
export async function guardParts(config: GuardConfig, makeChecker: MakeChecker, { audit, error }: Records): Promise<GuardOptions> {
  const { transports, publicUrl, allowedOrigins, hostedIssuers } = config.settings
  const own = await makeChecker(config, error)
  const strategy = hostedIssuers.length === 0 ? own : (await import('./hosted-users.ts')).withHostedUsers(own, config, error)
  return {
    authorize: authorizer({ strategy, clock: systemClock }),
    clock: systemClock,
    transports,
    publicUrl,
    allowedOrigins,
    audit,
    onError: error,
  }
}
