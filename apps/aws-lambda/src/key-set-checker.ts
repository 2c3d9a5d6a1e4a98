import { systemClock, type TokenChecker } from '@sallyport/core'
import { httpsFetch, sallyportIssuer } from '@sallyport/tokens'
import type { GuardConfig } from './config.ts'
import type { Records } from './records.ts'

/** No read of a store but for strict rules, which ask for the session; until the first of them nothing of a store is loaded. */
export function keySetChecker(config: GuardConfig, onError: Records['error']): TokenChecker {
  const { publicUrl, audience, clientId, accessTokenSeconds, mode } = config.settings
  const { check } = sallyportIssuer({
    publicUrl,
    audience,
    clientId,
    clock: systemClock,
    fetchKeySet: httpsFetch({ allowLoopbackHttp: mode !== 'production' }),
    cache: { maxEntries: 10_000, maxAgeSeconds: accessTokenSeconds },
    onError: (error) => onError(error, null),
  })
  let strictly: Promise<NonNullable<TokenChecker['checkStrictly']>> | null = null
  return {
    check,
    checkStrictly: async (accessToken) => {
      strictly ??= import('./session-checker.ts').then(({ sessionsCheck }) => sessionsCheck(config, check))
      return (await strictly)(accessToken)
    },
  }
}
