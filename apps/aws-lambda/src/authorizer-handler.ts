import type { GuardOptions } from '@sallyport/guard'
import type { HttpPolicyAuthorizer, HttpSimpleAuthorizer, RestRequestAuthorizer, RestTokenAuthorizer } from '@sallyport/platform-aws-lambda'
import { POSTS_ROUTES } from '@sallyport/sample-posts'
import type { GuardConfig } from './config.ts'

export type AuthorizerHandler = HttpSimpleAuthorizer | HttpPolicyAuthorizer | RestTokenAuthorizer | RestRequestAuthorizer

/**
 * The one guard as the gateway of the configuration takes its answers, for the routes of the sample function; put yours in their place. An event of another gateway is an error, and nobody passes.
 * What other gateways need is not loaded. Rejects with `ConfigurationError` (`configuration`) for what the gateway must not keep and no policy can express.
 */
export async function authorizerHandler(
  { settings, basePath, authorizerGateway }: Pick<GuardConfig, 'settings' | 'basePath' | 'authorizerGateway'>,
  parts: GuardOptions,
): Promise<AuthorizerHandler> {
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
      return (await import('@sallyport/platform-aws-lambda/simple-authorizer')).httpSimpleAuthorizer({ ...options, basePath })
    case 'http-policy':
      return (await import('@sallyport/platform-aws-lambda/policy-authorizers')).httpPolicyAuthorizer({ ...options, basePath })
    case 'rest-token':
      return (await import('@sallyport/platform-aws-lambda/policy-authorizers')).restTokenAuthorizer(options)
    case 'rest-request':
      return (await import('@sallyport/platform-aws-lambda/policy-authorizers')).restRequestAuthorizer(options)
    default:
      return authorizerGateway satisfies never
  }
}
