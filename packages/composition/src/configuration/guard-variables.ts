import { hostedIssuers, name, oneOf, origins, publicUrl, roleScopes, seconds, wholeNumber } from './kinds.ts'
import type { Settings } from './settings.ts'
import type { VariablesOf } from './variable.ts'

const DAY = 86_400

/** The settings that a check of credentials needs. */
export type CheckSettings = Pick<
  Settings,
  | 'mode'
  | 'strategy'
  | 'publicUrl'
  | 'audience'
  | 'clientId'
  | 'accessTokenSeconds'
  | 'maximumRevocationSeconds'
  | 'authorizerTtlSeconds'
  | 'roleScopes'
  | 'hostedIssuers'
  | 'transports'
  | 'allowedOrigins'
  | 'trustedProxyHops'
  | 'auditFailure'
  | 'logLevel'
>

/** The rows of `VARIABLES` that guards read, apart: an authorizer runs in front of every request and should not carry those of the API. */
export const GUARD_VARIABLES: VariablesOf<CheckSettings> = {
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
  accessTokenSeconds: {
    name: 'SALLYPORT_ACCESS_TOKEN_SECONDS',
    kind: seconds(10, DAY),
    default: { value: 300 },
    description: 'Life of an access token in the jwt strategy, and with it how long an ended session may still be accepted elsewhere.',
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
  roleScopes: {
    name: 'SALLYPORT_ROLE_SCOPES',
    kind: roleScopes,
    default: { value: {}, shown: '`{}`' },
    description: 'Which scopes a role brings; `*` is everybody.',
  },
  hostedIssuers: {
    name: 'SALLYPORT_HOSTED_ISSUERS',
    kind: hostedIssuers,
    default: { value: [], shown: 'none' },
    description:
      'Hosted services whose tokens guards and authorizers accept beside ours, such as `[{"preset":"auth0","domain":"sample.eu.auth0.com","audience":"https://api.example.com"}]`. Such a token is accepted for SALLYPORT_MAX_REVOCATION_SECONDS after it was issued, less what a gateway keeps.',
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
  allowedOrigins: {
    name: 'SALLYPORT_ALLOWED_ORIGINS',
    kind: origins,
    default: { value: [], shown: 'none' },
    description: 'Origins of browser applications besides the public URL: they may call with cookies (CORS) and change state. https in production.',
  },
  trustedProxyHops: {
    name: 'SALLYPORT_TRUSTED_PROXY_HOPS',
    kind: wholeNumber(0, 10),
    default: { value: 0 },
    description:
      'How many proxies of your own stand in front. The client is that many places from the right of X-Forwarded-For; with 0 it is whoever connects.',
  },
  auditFailure: {
    name: 'SALLYPORT_AUDIT_FAILURE',
    kind: oneOf('continue', 'block'),
    default: { value: 'continue' },
    description: 'When an audit event cannot be written: answer all the same, or 503.',
  },
  logLevel: {
    name: 'SALLYPORT_LOG_LEVEL',
    kind: oneOf('debug', 'info', 'warn', 'error', 'silent'),
    default: { value: 'info' },
    description: '`info` writes a line for each request. Audit events are written at every level.',
  },
}
