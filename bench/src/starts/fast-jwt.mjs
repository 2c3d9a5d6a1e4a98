import { createPublicKey } from 'node:crypto'
import { createVerifier } from 'fast-jwt'

const { BENCH_ISSUER: allowedIss, BENCH_AUDIENCE: allowedAud, BENCH_TOKEN: token, BENCH_JWKS: jwks } = process.env
const key = createPublicKey({ key: JSON.parse(jwks).keys[0], format: 'jwk' }).export({ type: 'spki', format: 'pem' })
createVerifier({ key, algorithms: ['RS256'], allowedIss, allowedAud, cache: true })(token)
