import type { AuthorizerHandler } from './authorizer-handler.ts'

interface Authorizer {
  readonly handler: AuthorizerHandler
}

/** A strategy and the form of a gateway: each is a function's entry of its own, and the one to deploy where both are known, as in the templates. */
const MODULES: { readonly [choice: string]: () => Promise<Authorizer> } = {
  'jwt-http-simple': () => import('./authorizers/jwt-http-simple.ts'),
  'jwt-http-policy': () => import('./authorizers/jwt-http-policy.ts'),
  'jwt-rest': () => import('./authorizers/jwt-rest.ts'),
  'session-http-simple': () => import('./authorizers/session-http-simple.ts'),
  'session-http-policy': () => import('./authorizers/session-http-policy.ts'),
  'session-rest': () => import('./authorizers/session-rest.ts'),
}

const { SALLYPORT_STRATEGY, SALLYPORT_AUTHORIZER_GATEWAY } = process.env
const choice = `${SALLYPORT_STRATEGY || 'jwt'}-${(SALLYPORT_AUTHORIZER_GATEWAY || 'http-simple').replace(/^rest-\w+$/, 'rest')}`

/** The one for whatever the environment says. */
const authorizer = await (MODULES[choice] ?? (() => import('./authorizers/any.ts')))()

export const handler: AuthorizerHandler = authorizer.handler
