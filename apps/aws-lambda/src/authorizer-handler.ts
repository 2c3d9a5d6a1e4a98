import type { GuardOptions } from '@sallyport/guard'
import {
  httpPolicyAuthorizer,
  httpSimpleAuthorizer,
  restRequestAuthorizer,
  restTokenAuthorizer,
  type HttpPolicyAuthorizer,
  type HttpSimpleAuthorizer,
  type RestRequestAuthorizer,
  type RestTokenAuthorizer,
} from '@sallyport/platform-aws-lambda'
import { POSTS_ROUTES } from '@sallyport/sample-posts'
import type { GuardConfig } from './config.ts'

export type AuthorizerHandler = HttpSimpleAuthorizer | HttpPolicyAuthorizer | RestTokenAuthorizer | RestRequestAuthorizer

/**
 * The one guard as the gateway of the configuration takes its answers, for the routes of the sample function; put yours in their place. An event of another gateway is an error, and nobody passes.
 * Throws `ConfigurationError` (`configuration`) for what the gateway must not keep and no policy can express.
 */
export function authorizerHandler(
  { settings, basePath, authorizerGateway }: Pick<GuardConfig, 'settings' | 'basePath' | 'authorizerGateway'>,
  parts: GuardOptions,
): AuthorizerHandler {
  const { strategy, authorizerTtlSeconds, accessTokenSeconds, maximumRevocationSeconds } = settings
  const options = {
    ...parts,
    routes: POSTS_ROUTES,
    ttlSeconds: authorizerTtlSeconds,
    revocation: { strategy, accessTokenSeconds, sessionCacheSeconds: 0, maximumSeconds: maximumRevocationSeconds },
    // The function behind asks the guard, too.
    recheckedBehind: true,
    undeclaredPaths: 'denied',
  } as const
  switch (authorizerGateway) {
    case 'http-simple':
      return httpSimpleAuthorizer({ ...options, basePath })
    case 'http-policy':
      return httpPolicyAuthorizer({ ...options, basePath })
    case 'rest-token':
      return restTokenAuthorizer(options)
    case 'rest-request':
      return restRequestAuthorizer(options)
    default:
      return authorizerGateway satisfies never
  }
}
