import { ConfigurationError, type Lifetimes } from '@sallyport/core'
import { ContainerModule } from 'inversify'
import { boundOf } from '../configuration/bound-of.ts'
import type { Settings } from '../configuration/settings.ts'
import { LIFETIMES, PUBLIC_URL, REVOCATION_BOUND, SETTINGS } from '../tokens.ts'

export function settingsModule(settings: Settings, listeningUrl: string | null): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(SETTINGS).toConstantValue(settings)
    bind(PUBLIC_URL).toResolvedValue(
      ({ publicUrl }) => {
        const url = publicUrl ?? listeningUrl
        if (url === null) throw new ConfigurationError('The public URL is not configured and nobody told where this process listens.')
        return { publicUrl: url }
      },
      [SETTINGS],
    )
    bind(LIFETIMES).toResolvedValue(lifetimesOf, [SETTINGS])
    bind(REVOCATION_BOUND).toResolvedValue((all) => ({ boundSeconds: boundOf(all) }), [SETTINGS])
  })
}

function lifetimesOf(settings: Settings): Lifetimes {
  return {
    idleSeconds: settings.sessionIdleSeconds,
    absoluteSeconds: settings.sessionAbsoluteSeconds,
    accessTokenSeconds: settings.accessTokenSeconds,
    refreshGraceSeconds: settings.refreshGraceSeconds,
  }
}
