import { InvariantError } from '@sallyport/core'
import { authorizerOf, type AuthorizerHandler, type Gateways } from './authorizer-handler.ts'
import type { GuardConfig } from './config.ts'
import type { MakeChecker } from './guard-composition.ts'

/**
 * The authorizer of a module that has one strategy and the gateways of one form, and is bundled without the sentences about what is wrong. Where it does not start, whatever the reason, the
 * one with everything is started in its place, and either starts or says why not.
 */
export async function leanAuthorizer(
  strategy: GuardConfig['settings']['strategy'],
  gateways: Gateways,
  makeChecker: MakeChecker,
): Promise<AuthorizerHandler> {
  try {
    return await authorizerOf(gateways, (config, onError) => {
      if (config.settings.strategy !== strategy) throw new InvariantError(`This module is of the strategy ${strategy}.`)
      return makeChecker(config, onError)
    })
  } catch {
    return (await import('./authorizers/any.ts')).handler
  }
}
