import { systemClock, type TokenChecker } from '@sallyport/core'
import { withHostedIssuers } from '@sallyport/tokens'
import type { GuardConfig } from './config.ts'
import type { Records } from './records.ts'

/** Beside our own users those of hosted services. In a module of its own: most guards have none. */
export function withHostedUsers(own: TokenChecker, { settings }: GuardConfig, onError: Records['error']): TokenChecker {
  return withHostedIssuers({ own, settings, clock: systemClock, onError: (error) => onError(error, null) })
}
