import { revocationBoundSeconds } from '@sallyport/core'
import type { Settings } from './settings.ts'

/** After how many seconds an ended session is refused everywhere. Throws `ConfigurationError` above the set maximum. */
export function boundOf(settings: Pick<Settings, 'strategy' | 'accessTokenSeconds' | 'authorizerTtlSeconds' | 'maximumRevocationSeconds'>): number {
  return revocationBoundSeconds({
    strategy: settings.strategy,
    accessTokenSeconds: settings.accessTokenSeconds,
    authorizerTtlSeconds: settings.authorizerTtlSeconds,
    sessionCacheSeconds: 0,
    maximumSeconds: settings.maximumRevocationSeconds,
  })
}
