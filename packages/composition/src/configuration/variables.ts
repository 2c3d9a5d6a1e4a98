import { directory, flag, host, limitOverrides, oneOf, pathPrefix, seconds, secret, secrets, wholeNumber, words } from './kinds.ts'
import { GUARD_VARIABLES } from './guard-variables.ts'
import type { Settings } from './settings.ts'
import type { VariablesOf } from './variable.ts'

const DAY = 86_400

export type Variables = VariablesOf<Settings>

/** Every environment variable there is. Parsing, error messages and docs/configuration.md are made from this table and nothing else. */
export const VARIABLES: Variables = {
  mode: GUARD_VARIABLES.mode,
  strategy: GUARD_VARIABLES.strategy,
  publicUrl: GUARD_VARIABLES.publicUrl,
  audience: GUARD_VARIABLES.audience,
  clientId: GUARD_VARIABLES.clientId,
  pathPrefix: {
    name: 'SALLYPORT_PATH_PREFIX',
    kind: pathPrefix,
    default: { value: '/auth' },
    description: 'In front of every route but `/.well-known`, `/healthz` and `/openapi.json`.',
  },
  allowedOrigins: GUARD_VARIABLES.allowedOrigins,
  transports: GUARD_VARIABLES.transports,
  defaultTransport: {
    name: 'SALLYPORT_DEFAULT_TRANSPORT',
    kind: oneOf('bearer', 'cookie'),
    default: { value: 'bearer' },
    description: 'Which of them holds when a client does not say. Must be among the transports.',
  },
  signingAlgorithm: {
    name: 'SALLYPORT_SIGNING_ALGORITHM',
    kind: oneOf('RS256', 'ES256', 'EdDSA'),
    default: { value: 'RS256' },
    description:
      'Of access tokens. RS256 is the cheapest to check and what every gateway takes. A change makes a new key; tokens of the old one stay good.',
  },
  keyRotationSeconds: {
    name: 'SALLYPORT_KEY_ROTATION_SECONDS',
    kind: seconds(3600, 730 * DAY),
    default: { value: 90 * DAY },
    description: 'How long a key signs. The next one is published a day before it signs, or half of this time when that is shorter.',
  },
  accessTokenSeconds: GUARD_VARIABLES.accessTokenSeconds,
  sessionIdleSeconds: {
    name: 'SALLYPORT_SESSION_IDLE_SECONDS',
    kind: seconds(60, 365 * DAY),
    default: { value: 14 * DAY },
    description: 'A session that is not refreshed for this long is over.',
  },
  sessionAbsoluteSeconds: {
    name: 'SALLYPORT_SESSION_ABSOLUTE_SECONDS',
    kind: seconds(60, 365 * DAY),
    default: { value: 30 * DAY },
    description: 'A session is over this long after its sign-in, however often it was refreshed.',
  },
  refreshGraceSeconds: {
    name: 'SALLYPORT_REFRESH_GRACE_SECONDS',
    kind: seconds(0, 60),
    default: { value: 10 },
    description:
      'For how long a refresh token that was just used still answers with the same successor, for two tabs at once. After it, reuse ends the session.',
  },
  maximumRevocationSeconds: GUARD_VARIABLES.maximumRevocationSeconds,
  authorizerTtlSeconds: GUARD_VARIABLES.authorizerTtlSeconds,
  profileInToken: {
    name: 'SALLYPORT_PROFILE_IN_TOKEN',
    kind: flag,
    default: { value: true },
    description:
      'Whether e-mail, name and attributes stand in access tokens, so that `GET me` needs no store. Whoever holds a token can read them. A token that would be too large for a cookie goes without.',
  },
  roleScopes: GUARD_VARIABLES.roleScopes,
  hostedIssuers: GUARD_VARIABLES.hostedIssuers,
  passwordMinimum: {
    name: 'SALLYPORT_PASSWORD_MIN_LENGTH',
    kind: wholeNumber(8, 64),
    default: { value: 15 },
    description:
      'Least number of code points of a new password. Below 15 only where another factor is asked for (NIST SP 800-63B-4 section 3.1.1.2).',
  },
  passwordHash: {
    name: 'SALLYPORT_PASSWORD_HASH',
    kind: oneOf('argon2id', 'bcrypt'),
    default: { value: 'argon2id' },
    description: 'How new passwords are hashed. Both are always verified; a sign-in with the other one hashes again.',
  },
  bcryptCost: {
    name: 'SALLYPORT_BCRYPT_COST',
    kind: wholeNumber(10, 15),
    default: { value: 12 },
    description: 'Cost of bcrypt hashes; each step doubles the work.',
  },
  contextWords: {
    name: 'SALLYPORT_PASSWORD_CONTEXT_WORDS',
    kind: words,
    default: { value: [], shown: 'none' },
    description: 'Words that attackers would try first here, such as the name of the product; a new password must not rest on them.',
  },
  refreshSecret: {
    name: 'SALLYPORT_REFRESH_SECRET',
    kind: secret,
    default: 'required',
    requiredInProduction: true,
    secret: true,
    description: 'Makes refresh tokens. Losing it signs everybody out at their next refresh.',
  },
  refreshSecretsPrevious: {
    name: 'SALLYPORT_REFRESH_SECRET_PREVIOUS',
    kind: secrets,
    default: { value: [], shown: 'none' },
    secret: true,
    description: 'Secrets of before, whose refresh tokens are still accepted. Keep each for the absolute life of a session.',
  },
  keyEncryptionSecret: {
    name: 'SALLYPORT_KEY_ENCRYPTION_SECRET',
    kind: secret,
    default: 'required',
    requiredInProduction: true,
    secret: true,
    description: 'Seals the private signing keys in the store. Without it the service does not start on that store.',
  },
  keyEncryptionSecretsPrevious: {
    name: 'SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS',
    kind: secrets,
    default: { value: [], shown: 'none' },
    secret: true,
    description: 'Secrets of before, which still open what they sealed. Keep each until the keys it sealed are retired.',
  },
  passwordPepper: {
    name: 'SALLYPORT_PASSWORD_PEPPER',
    kind: secret,
    default: 'required',
    requiredInProduction: true,
    secret: true,
    description: 'Goes into every password hash and is kept apart from the database. Losing it makes every password unusable.',
  },
  passwordPeppersPrevious: {
    name: 'SALLYPORT_PASSWORD_PEPPER_PREVIOUS',
    kind: secrets,
    default: { value: [], shown: 'none' },
    secret: true,
    description: 'Peppers of before; a sign-in hashes again with the current one.',
  },
  auditFailure: GUARD_VARIABLES.auditFailure,
  trustedProxyHops: GUARD_VARIABLES.trustedProxyHops,
  logLevel: GUARD_VARIABLES.logLevel,
  rateLimits: {
    name: 'SALLYPORT_RATE_LIMITS',
    kind: oneOf('on', 'off'),
    default: { value: 'on' },
    description: '`off` is for load tests and refused in production.',
  },
  rateLimitOverrides: {
    name: 'SALLYPORT_RATE_LIMIT_OVERRIDES',
    kind: limitOverrides,
    default: { value: [], shown: 'none' },
    description: 'Other figures for limits of the route table.',
  },
  dataDirectory: {
    name: 'SALLYPORT_DATA_DIR',
    kind: directory,
    default: { value: '.sallyport' },
    description: 'Where the local app keeps its database and, outside production, its secrets. Created with mode 0700.',
  },
  port: { name: 'PORT', kind: wholeNumber(0, 65_535), default: { value: 4000 }, description: 'Where the local app listens; 0 for any free port.' },
  host: {
    name: 'HOST',
    kind: host,
    default: { value: null, shown: '`127.0.0.1`; every interface in production' },
    description: 'The interface the local app listens on.',
  },
}
