import { authorizer, recordAudit, systemClock, type TokenChecker } from '@sallyport/core'
import type { GuardOptions } from '@sallyport/guard'
import type { FunctionLogger } from '@sallyport/logging'
import type { GuardConfig } from './config.ts'

/**
 * The parts of the guard for authorizers and guarded functions, put together by hand: no container, no secret, nothing that only the API needs. What the chosen strategy does not need is
 * not even loaded. Asks nobody.
 */
export async function guardParts(config: GuardConfig, log: FunctionLogger): Promise<GuardOptions> {
  const { strategy, transports, publicUrl, allowedOrigins, auditFailure } = config.settings
  return {
    authorize: authorizer({ strategy: await checker(strategy, config, log), clock: systemClock }),
    clock: systemClock,
    transports,
    publicUrl,
    allowedOrigins,
    audit: recordAudit({ log: log.audit, clock: systemClock, onFailure: auditFailure }),
    onError: log.error,
  }
}

async function checker(strategy: GuardConfig['settings']['strategy'], config: GuardConfig, log: FunctionLogger): Promise<TokenChecker> {
  if (strategy === 'session') return (await import('./session-checker.ts')).sessionChecker(config)
  return (await import('./key-set-checker.ts')).keySetChecker(config, log)
}
