import { InvariantError, jwtStrategy, keyRing, recentChanges, type KeyRingSettings, type RecentChanges } from '@sallyport/core'
import { ContainerModule, type ServiceIdentifier } from 'inversify'
import type { Settings } from '../configuration/settings.ts'
import { token } from '../token.ts'
import {
  CLOCK,
  KEY_RING,
  KEY_WRAPPER,
  LIFETIMES,
  PUBLIC_URL,
  RANDOM,
  RECORD_AUDIT,
  SESSIONS,
  SETTINGS,
  STORES,
  STRATEGY,
  TOKEN_SIGNER,
  TOKEN_VERIFIER,
} from '../tokens.ts'

const RECENT_CHANGES: ServiceIdentifier<RecentChanges> = token<RecentChanges>('RecentChanges')

/** Keys that rotate, access tokens that are checked without a store, and a memory of what this instance itself ended. */
export function jwtModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(RECENT_CHANGES).toResolvedValue(
      (clock, { accessTokenSeconds }) => recentChanges({ clock, tokenLifeSeconds: accessTokenSeconds }),
      [CLOCK, SETTINGS],
    )
    bind(SESSIONS).toResolvedValue((stores, recent) => recent.watch(stores.sessions), [STORES, RECENT_CHANGES])
    bind(KEY_RING).toResolvedValue(
      (stores, wrapper, signer, verifier, clock, audit, settings) =>
        keyRing({ store: stores.keys, wrapper, signer, verifier, clock, audit, settings: keyRingSettings(settings) }),
      [STORES, KEY_WRAPPER, TOKEN_SIGNER, TOKEN_VERIFIER, CLOCK, RECORD_AUDIT, SETTINGS],
    )
    bind(STRATEGY).toResolvedValue(
      (sessions, recent, keys, signer, verifier, clock, random, lifetimes, settings, { publicUrl }) => {
        if (keys === null) throw new InvariantError('The jwt strategy has keys')
        return jwtStrategy({
          sessions,
          recent,
          keys,
          signer,
          verifier,
          clock,
          random,
          lifetimes,
          refreshSecrets: [settings.refreshSecret, ...settings.refreshSecretsPrevious],
          roleScopes: settings.roleScopes,
          issuer: publicUrl,
          audience: settings.audience,
          clientId: settings.clientId,
          profileInToken: settings.profileInToken,
        })
      },
      [SESSIONS, RECENT_CHANGES, KEY_RING, TOKEN_SIGNER, TOKEN_VERIFIER, CLOCK, RANDOM, LIFETIMES, SETTINGS, PUBLIC_URL],
    )
  })
}

const KEY_SECONDS = { refresh: 300, publishLead: 86_400, maxStale: 3600 }
/** What `exp` of a token may be above the clock of the instance that retires its key. */
const CLOCK_LEEWAY_SECONDS = 5

/** A key is published early enough that every instance has read the keys twice before it signs, however short its life is configured. */
export function keyRingSettings({ signingAlgorithm, keyRotationSeconds, accessTokenSeconds }: Settings): KeyRingSettings {
  const publishLeadSeconds = Math.min(KEY_SECONDS.publishLead, Math.floor(keyRotationSeconds / 2))
  return {
    algorithm: signingAlgorithm,
    rotationSeconds: keyRotationSeconds,
    publishLeadSeconds,
    refreshSeconds: Math.min(KEY_SECONDS.refresh, Math.floor(publishLeadSeconds / 2)),
    maxStaleSeconds: KEY_SECONDS.maxStale,
    tokenLifeSeconds: accessTokenSeconds + CLOCK_LEEWAY_SECONDS,
  }
}
