import { createPublicKey } from 'node:crypto'
import jsonwebtoken from 'jsonwebtoken'

const { BENCH_ISSUER: issuer, BENCH_AUDIENCE: audience, BENCH_TOKEN: token, BENCH_JWKS: jwks } = process.env
const key = createPublicKey({ key: JSON.parse(jwks).keys[0], format: 'jwk' })
jsonwebtoken.verify(token, key, { algorithms: ['RS256'], issuer, audience })
