import { InvariantError } from '@sallyport/core'
import type { GuardOptions } from '@sallyport/guard'
import type {
  HttpPolicyAuthorizer,
  HttpPolicyAuthorizerOptions,
  HttpSimpleAuthorizer,
  RestRequestAuthorizer,
  RestTokenAuthorizer,
} from '@sallyport/platform-aws-lambda'
import { guardConfig, type GuardConfig } from './config.ts'
import { guardParts, type MakeChecker } from './guard-composition.ts'
import { records } from './records.ts'
import { ROUTE_OPTIONS } from './routes.ts'

export type AuthorizerHandler = HttpSimpleAuthorizer | HttpPolicyAuthorizer | RestTokenAuthorizer | RestRequestAuthorizer

/** What makes the authorizer of a gateway; only of those that the module at hand is for. */
export type Gateways = { readonly [Gateway in GuardConfig['authorizerGateway']]?: (options: HttpPolicyAuthorizerOptions) => AuthorizerHandler }

/**
 * The one guard as the gateway of the configuration takes its answers. An event of another gateway is an error, and nobody passes. Throws `ConfigurationError` (`configuration`) for what the
 * gateway must not keep and no policy can express, `InvariantError` (`invariant`) for a gateway that is not among these.
 */
export function authorizerHandler(
  { settings, basePath, authorizerGateway }: Pick<GuardConfig, 'settings' | 'basePath' | 'authorizerGateway'>,
  gateways: Gateways,
  parts: GuardOptions,
): AuthorizerHandler {
  const authorizer = gateways[authorizerGateway]
  if (authorizer === undefined) throw new InvariantError(`This module answers no gateway of the kind ${authorizerGateway}.`)
  const { strategy, authorizerTtlSeconds, accessTokenSeconds, maximumRevocationSeconds } = settings
  return authorizer({
    ...parts,
    ...ROUTE_OPTIONS,
    basePath,
    ttlSeconds: authorizerTtlSeconds,
    revocation: { strategy, accessTokenSeconds, sessionCacheSeconds: 0, maximumSeconds: maximumRevocationSeconds },
  })
}

/** The authorizer of a process that runs with this environment. */
export async function authorizerOf(gateways: Gateways, makeChecker: MakeChecker): Promise<AuthorizerHandler> {
  const config = guardConfig(process.env)
  return authorizerHandler(config, gateways, await guardParts(config, makeChecker, records(config)))
}
