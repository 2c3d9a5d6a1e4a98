export type { AlbEvent, AlbResult, HttpApiEvent, HttpApiResult, LambdaContext, LambdaResult, RestEvent, RestResult } from './lambda-event.ts'
export { lambdaGuard, type GuardedFunction, type LambdaGuard, type LambdaGuardOptions } from './lambda-guard.ts'
export { lambdaHandler, type EventOptions, type LambdaFunction, type LambdaHandlerOptions } from './lambda-handler.ts'
export { appsyncAuthorizer, type AppSyncAuthorizer, type AppSyncAuthorizerOptions, type AppSyncResponse } from './authorizers/appsync-authorizer.ts'
export type { AuthorizerOptions, RouteAuthorizerOptions } from './authorizers/authorizer-options.ts'
export type {
  AppSyncAuthorizerEvent,
  ConnectAuthorizerEvent,
  HttpApiAuthorizerEvent,
  InvocationContext,
  RequestAuthorizerEvent,
  TokenAuthorizerEvent,
} from './authorizers/gateway-events.ts'
export type { HttpAuthorizerOptions } from './authorizers/http-authorizer-options.ts'
export { httpPolicyAuthorizer, type HttpPolicyAuthorizer, type HttpPolicyAuthorizerOptions } from './authorizers/http-policy-authorizer.ts'
export { httpSimpleAuthorizer, type HttpSimpleAuthorizer, type SimpleResponse } from './authorizers/http-simple-authorizer.ts'
export type { PolicyResponse } from './authorizers/policy-decision.ts'
export {
  restRequestAuthorizer,
  restTokenAuthorizer,
  type RestAuthorizerOptions,
  type RestRequestAuthorizer,
  type RestTokenAuthorizer,
} from './authorizers/rest-authorizers.ts'
export { websocketAuthorizer, type WebsocketAuthorizer, type WebsocketAuthorizerOptions } from './authorizers/websocket-authorizer.ts'
export { gatewayRoutes, identitySources, type GatewayRoute, type IdentitySourceOptions } from './policy/gateway-routes.ts'
export type { PolicyDocument, PolicyStatement } from './policy/iam-policy.ts'
