// An authorizer in the jwt strategy from cold to one verdict.
import type { PublicJwk } from '@sallyport/core'
import { jwtAuthorize } from './jwt-authorize.ts'

const { BENCH_ISSUER: issuer = '', BENCH_AUDIENCE: audience = '', BENCH_TOKEN: token = '', BENCH_JWKS: jwks = '' } = process.env
const authorize = jwtAuthorize({ issuer, audience, keys: (JSON.parse(jwks) as { keys: PublicJwk[] }).keys })
const verdict = authorize(token, { access: 'signed-in' })
process.exitCode = !(verdict instanceof Promise) && verdict.allowed ? 0 : 1
