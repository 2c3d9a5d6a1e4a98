// The core of an authorizer in the jwt strategy: one verdict from a given key set, with no store and nothing that only the API needs.
import { authorizer, jwtStrategy, recentChanges, systemClock, systemRandom, type PublicJwk } from '@sallyport/core'
import { tokenVerifier } from '@sallyport/tokens'

const { BENCH_ISSUER: issuer = '', BENCH_AUDIENCE: audience = '', BENCH_TOKEN: token = '', BENCH_JWKS: jwks = '' } = process.env

const verifier = tokenVerifier({ clock: systemClock, issuer, audience, cache: { maxEntries: 1000, maxAgeSeconds: 300 } })
verifier.trust((JSON.parse(jwks) as { keys: PublicJwk[] }).keys)

function absent(): never {
  throw new Error('An authorizer signs nothing and has no store')
}

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
const authorize = authorizer({ strategy, clock: systemClock })

const verdict = authorize(token, { access: 'signed-in' })
process.exitCode = !(verdict instanceof Promise) && verdict.allowed ? 0 : 1
