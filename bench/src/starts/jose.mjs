import { createLocalJWKSet, jwtVerify } from 'jose'

const { BENCH_ISSUER: issuer, BENCH_AUDIENCE: audience, BENCH_TOKEN: token, BENCH_JWKS: jwks } = process.env
await jwtVerify(token, createLocalJWKSet(JSON.parse(jwks)), { issuer, audience })
