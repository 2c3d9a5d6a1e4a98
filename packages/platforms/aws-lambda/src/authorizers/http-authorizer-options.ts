import type { RouteAuthorizerOptions } from './authorizer-options.ts'

export interface HttpAuthorizerOptions extends RouteAuthorizerOptions {
  /** Under which the API stands at a custom domain; empty where it stands at the root. */
  readonly basePath?: string
}
