import { authentication } from '@sallyport/core'
import { ContainerModule } from 'inversify'
import {
  AUTHENTICATION,
  CLOCK,
  COMMON_PASSWORDS,
  KEY_RING,
  LIFETIMES,
  PASSWORD_HASHER,
  RANDOM,
  RECORD_AUDIT,
  REVOCATION_BOUND,
  SESSIONS,
  SETTINGS,
  STORES,
  STRATEGY,
} from '../tokens.ts'

/** The domain, whole. */
export function authenticationModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(AUTHENTICATION).toResolvedValue(
      (stores, sessions, strategy, keys, hasher, commonPasswords, clock, random, audit, lifetimes, settings, { boundSeconds }) =>
        authentication({
          stores: { users: stores.users, sessions, oneTimeTokens: stores.oneTimeTokens, counters: stores.counters },
          strategy,
          keys,
          hasher,
          commonPasswords,
          clock,
          random,
          audit,
          settings: {
            lifetimes,
            passwordMinimum: settings.passwordMinimum,
            contextWords: settings.contextWords,
            revocationBoundSeconds: boundSeconds,
          },
        }),
      [STORES, SESSIONS, STRATEGY, KEY_RING, PASSWORD_HASHER, COMMON_PASSWORDS, CLOCK, RANDOM, RECORD_AUDIT, LIFETIMES, SETTINGS, REVOCATION_BOUND],
    )
  })
}
