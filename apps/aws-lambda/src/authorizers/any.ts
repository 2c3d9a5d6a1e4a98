import { authorizerOf, type AuthorizerHandler } from '../authorizer-handler.ts'
import { chosenChecker } from '../chosen-checker.ts'
import { GATEWAYS } from '../gateways.ts'

/** Every strategy and gateway, with every sentence about what is wrong. */
export const handler: AuthorizerHandler = await authorizerOf(GATEWAYS, chosenChecker)
