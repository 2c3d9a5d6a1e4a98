import { authorizer, sessionStrategy, strictCheck, systemClock, systemRandom, type SessionStore, type TokenChecker } from '@sallyport/core'
import { guard, type Guard } from '@sallyport/guard'
import type { FunctionLogger } from '@sallyport/logging'
import { redisStores, type RedisClient } from '@sallyport/store-redis'
import { httpsFetch, sallyportIssuer } from '@sallyport/tokens'
import type { GuardConfig } from './config.ts'

/** The guard of a function app of its own, put together by hand: no container, none of the API's secrets, nothing that only the API needs. */
export function guardOverRedis({ settings, prefix }: GuardConfig, client: RedisClient, log: FunctionLogger): Guard {
  const { transports, publicUrl, allowedOrigins } = settings
  const { sessions } = redisStores({ client, clock: systemClock, prefix })
  const strategy = settings.strategy === 'session' ? bySession(settings, sessions) : byKeySet(settings, sessions, log)
  return guard({
    authorize: authorizer({ strategy, clock: systemClock }),
    clock: systemClock,
    transports,
    publicUrl,
    allowedOrigins,
    onError: log.error,
  })
}

/** One read of the session for each check. */
function bySession({ roleScopes }: GuardConfig['settings'], sessions: SessionStore): TokenChecker {
  // Lifetimes are for who issues and prolongs; whoever only checks reads the expiry in the session.
  const lifetimes = { idleSeconds: 0, absoluteSeconds: 0, accessTokenSeconds: 0, refreshGraceSeconds: 0 }
  return sessionStrategy({ sessions, clock: systemClock, random: systemRandom, lifetimes, roleScopes })
}

/** No read but for strict rules, which ask for the session. */
function byKeySet(settings: GuardConfig['settings'], sessions: SessionStore, log: FunctionLogger): TokenChecker {
  const { publicUrl, audience, clientId, accessTokenSeconds, roleScopes, mode } = settings
  const { check } = sallyportIssuer({
    publicUrl,
    audience,
    clientId,
    clock: systemClock,
    fetchKeySet: httpsFetch({ allowLoopbackHttp: mode !== 'production' }),
    cache: { maxEntries: 10_000, maxAgeSeconds: accessTokenSeconds },
    onError: (error) => log.error(error, null),
  })
  return { check, checkStrictly: strictCheck({ check, sessions, clock: systemClock, roleScopes }) }
}
