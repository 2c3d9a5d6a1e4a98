import { JwtVerifier } from 'aws-jwt-verify'

const { BENCH_ISSUER: issuer, BENCH_AUDIENCE: audience, BENCH_TOKEN: token, BENCH_JWKS: jwks } = process.env
const verifier = JwtVerifier.create({ issuer, audience, jwksUri: `${issuer}/.well-known/jwks.json` })
verifier.cacheJwks(JSON.parse(jwks))
verifier.verifySync(token)
