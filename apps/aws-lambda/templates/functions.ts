import type { FunctionName } from './resources.ts'
import type { Tree } from './yaml.ts'

/** The two kinds of API Gateway that the templates set up. */
export const FRONTS = ['http-api', 'rest-api'] as const
export type Front = (typeof FRONTS)[number]

/** What a tool writes where a value is known at deployment only. */
export interface Values {
  readonly strategy: Tree
  readonly publicUrl: Tree
  readonly authorizerTtlSeconds: Tree
  readonly maxRevocationSeconds: Tree
  readonly allowedOrigins: Tree
  readonly hostedIssuers: Tree
  /** Of the secret in Secrets Manager, the member of this name. */
  readonly secret: (name: string) => Tree
}

/** Seconds that a gateway keeps a verdict, where nobody chooses. Goes into the revocation bound. */
export const DEFAULT_TTL_SECONDS = 60
export const DEFAULT_STRATEGY = 'jwt'
/** Seconds; a bound above it does not start. */
export const DEFAULT_MAX_REVOCATION_SECONDS = 900

/** The module of the authorizer behind a gateway: it reads nothing of the other strategy, or of other gateways. */
export const authorizerModule = (strategy: string, front: Front): string => `${strategy}-${front === 'http-api' ? 'http-simple' : 'rest'}`
export const LOG_RETENTION_DAYS = 30

/** Made by `openssl rand -base64 32` each, kept as members of one secret. */
export const SECRETS = ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER'] as const

/** A gateway that keeps verdicts can tell callers apart by one header only, so there is one way to carry a credential. */
export const TRANSPORTS = ['bearer'] as const

export interface FunctionSizes {
  readonly memory: number
  readonly timeoutSeconds: number
}

/** Lambda gives CPU by memory: a password hash wants most of one, a check hardly any. */
export const SIZES: Readonly<Record<FunctionName, FunctionSizes>> = {
  api: { memory: 1024, timeoutSeconds: 15 },
  authorizer: { memory: 512, timeoutSeconds: 10 },
  posts: { memory: 512, timeoutSeconds: 15 },
}

/** The variables of each function: only the API gets secrets. */
export function environmentOf(name: FunctionName, front: Front, values: Values): { readonly [name: string]: Tree } {
  const { strategy, publicUrl, authorizerTtlSeconds, maxRevocationSeconds, allowedOrigins, hostedIssuers, secret } = values
  const common = {
    NODE_ENV: 'production',
    SALLYPORT_STRATEGY: strategy,
    SALLYPORT_PUBLIC_URL: publicUrl,
    SALLYPORT_TRANSPORTS: TRANSPORTS.join(','),
    SALLYPORT_AUTHORIZER_TTL_SECONDS: authorizerTtlSeconds,
    SALLYPORT_MAX_REVOCATION_SECONDS: maxRevocationSeconds,
    SALLYPORT_ALLOWED_ORIGINS: allowedOrigins,
    SALLYPORT_DYNAMODB_TABLE: { Ref: 'UsersTable' },
  }
  switch (name) {
    case 'api':
      return { ...common, ...Object.fromEntries(SECRETS.map((each) => [each, secret(each)])) }
    case 'authorizer':
      return { ...common, SALLYPORT_HOSTED_ISSUERS: hostedIssuers, SALLYPORT_AUTHORIZER_GATEWAY: front === 'http-api' ? 'http-simple' : 'rest-token' }
    case 'posts':
      // Nobody but the gateway is given the permission to invoke it, so it may believe what the authorizer says, and judges that again.
      return {
        ...common,
        SALLYPORT_HOSTED_ISSUERS: hostedIssuers,
        SALLYPORT_POSTS_TABLE: { Ref: 'PostsTable' },
        SALLYPORT_AUTHORIZER_CONTEXT: 'true',
      }
  }
}
