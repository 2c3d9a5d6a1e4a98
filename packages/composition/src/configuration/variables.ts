/* oxlint-disable max-lines -- one table that is read as a whole */
import {
  directory,
  flag,
  host,
  limitOverrides,
  name,
  oneOf,
  origins,
  pathPrefix,
  publicUrl,
  roleScopes,
  seconds,
  secret,
  secrets,
  wholeNumber,
  words,
  type Kind,
} from './kinds.ts'
import type { Settings } from './settings.ts'

const DAY = 86_400

export interface Variable<T> {
  readonly name: string
  readonly kind: Kind<T>
  /** What holds when the variable is not set; `required` when nothing does. */
  readonly default: { readonly value: T; readonly shown?: string } | 'required'
  /** Must be set when NODE_ENV is production. Outside production a missing secret is made by the app, if it can. */
  readonly requiredInProduction?: true
  readonly secret?: true
  readonly description: string
}

export type Variables = { readonly [K in keyof Settings]: Variable<Settings[K]> }

/** Every environment variable there is. Parsing, error messages and docs/configuration.md are made from this table and nothing else. */
export const VARIABLES: Variables = {
  mode: {
    name: 'NODE_ENV',
    kind: oneOf('development', 'production', 'test'),
    default: { value: 'development' },
    description: '`production` switches the strict rules: every secret and the public URL must be given, https only, rate limits on.',
  },
  strategy: {
    name: 'SALLYPORT_STRATEGY',
    kind: oneOf('jwt', 'session'),
    default: { value: 'jwt' },
    description: 'What travels on each request: a short signed token checked without the store, or an opaque token checked by one read.',
  },
  publicUrl: {
    name: 'SALLYPORT_PUBLIC_URL',
    kind: publicUrl,
    default: { value: null, shown: '`http://localhost:<PORT>`' },
    requiredInProduction: true,
    description:
      'Where clients reach this service: the issuer of its tokens and its own origin. https in production. Changing it ends every access token.',
  },
  audience: { name: 'SALLYPORT_AUDIENCE', kind: name, default: { value: 'sallyport' }, description: 'The `aud` of access tokens.' },
  clientId: {
    name: 'SALLYPORT_CLIENT_ID',
    kind: name,
    default: { value: 'sallyport' },
    description: 'The `client_id` of access tokens (RFC 9068 section 2.2).',
  },
  pathPrefix: {
    name: 'SALLYPORT_PATH_PREFIX',
    kind: pathPrefix,
    default: { value: '/auth' },
    description: 'In front of every route but `/.well-known`, `/healthz` and `/openapi.json`.',
  },
  allowedOrigins: {
    name: 'SALLYPORT_ALLOWED_ORIGINS',
    kind: origins,
    default: { value: [], shown: 'none' },
    description: 'Origins of browser applications besides the public URL: they may call with cookies (CORS) and change state. https in production.',
  },
  transports: {
    name: 'SALLYPORT_TRANSPORTS',
    kind: {
      form: '`bearer`, `cookie` or `bearer,cookie`',
      read: (text) => {
        const wanted = text.split(',').map((each) => each.trim())
        const known = (['bearer', 'cookie'] as const).filter((transport) => wanted.includes(transport))
        return known.length === wanted.length ? { value: known } : null
      },
    },
    default: { value: ['bearer', 'cookie'], shown: '`bearer,cookie`' },
    description: 'How clients may ask for their credentials: in the answer, or as `__Host-` cookies.',
  },
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
  accessTokenSeconds: {
    name: 'SALLYPORT_ACCESS_TOKEN_SECONDS',
    kind: seconds(10, DAY),
    default: { value: 300 },
    description: 'Life of an access token in the jwt strategy, and with it how long an ended session may still be accepted elsewhere.',
  },
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
  maximumRevocationSeconds: {
    name: 'SALLYPORT_MAX_REVOCATION_SECONDS',
    kind: seconds(0, DAY),
    default: { value: 900 },
    description: 'A configuration is refused when an ended session could be accepted for longer than this.',
  },
  authorizerTtlSeconds: {
    name: 'SALLYPORT_AUTHORIZER_TTL_SECONDS',
    kind: seconds(0, 3600),
    default: { value: 0 },
    description: 'How long a gateway in front keeps the verdict of an authorizer. Counts into the revocation bound.',
  },
  profileInToken: {
    name: 'SALLYPORT_PROFILE_IN_TOKEN',
    kind: flag,
    default: { value: true },
    description: 'Whether e-mail, name and attributes stand in access tokens, so that `GET me` needs no store. Whoever holds a token can read them.',
  },
  roleScopes: {
    name: 'SALLYPORT_ROLE_SCOPES',
    kind: roleScopes,
    default: { value: {}, shown: '`{}`' },
    description: 'Which scopes a role brings; `*` is everybody.',
  },
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
  auditFailure: {
    name: 'SALLYPORT_AUDIT_FAILURE',
    kind: oneOf('continue', 'block'),
    default: { value: 'continue' },
    description: 'When an audit event cannot be written: answer all the same, or 503.',
  },
  trustedProxyHops: {
    name: 'SALLYPORT_TRUSTED_PROXY_HOPS',
    kind: wholeNumber(0, 10),
    default: { value: 0 },
    description:
      'How many proxies of your own stand in front. The client is that many places from the right of X-Forwarded-For; with 0 it is whoever connects.',
  },
  logLevel: {
    name: 'SALLYPORT_LOG_LEVEL',
    kind: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    default: { value: 'info' },
    description: '`info` writes a line for each request. Audit events are written at every level.',
  },
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
