import { authorizer, jwtStrategy, recentChanges, systemClock, systemRandom, type Authorize, type PublicJwk } from '@sallyport/core'
import { tokenVerifier } from '@sallyport/tokens'

function absent(): never {
  throw new Error('An authorizer signs nothing and has no store')
}

/** The core of an authorizer in the jwt strategy: verdicts from given keys, with no store and nothing that only the API needs. */
export function jwtAuthorize({
  issuer,
  audience,
  keys,
  cacheEntries = 1000,
}: {
  readonly issuer: string
  readonly audience: string
  readonly keys: readonly PublicJwk[]
  readonly cacheEntries?: number
}): Authorize {
  const verifier = tokenVerifier({ clock: systemClock, issuer, audience, cache: { maxEntries: cacheEntries, maxAgeSeconds: 300 } })
  verifier.trust(keys)
  const strategy = jwtStrategy({
    sessions: { create: absent, find: absent, rotate: absent, prolong: absent, end: absent, endAll: absent, list: absent, rewriteClaims: absent },
    recent: recentChanges({ clock: systemClock, tokenLifeSeconds: 300 }),
    keys: { load: absent, refreshIfDue: () => null, signingKey: absent, publicKeys: absent, promote: absent, retire: absent },
    signer: { generate: absent, importPrivate: absent, sign: absent },
    verifier,
    clock: systemClock,
    random: systemRandom,
    lifetimes: { idleSeconds: 1, absoluteSeconds: 1, accessTokenSeconds: 300, refreshGraceSeconds: 10 },
    refreshSecrets: ['unused'.padEnd(32)],
    roleScopes: {},
    issuer,
    audience,
    clientId: 'unused',
    profileInToken: false,
  })
  return authorizer({ strategy, clock: systemClock })
}
