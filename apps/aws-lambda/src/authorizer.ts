import type { AuthorizerHandler } from './authorizer-handler.ts'

interface Authorizer {
  readonly handler: AuthorizerHandler
}

/** A strategy and the form of a gateway: each has a module of its own, which is all that a start reads besides this one. */
const MODULES: { readonly [choice: string]: () => Promise<Authorizer> } = {
  'jwt-http-simple': () => import('./authorizers/jwt-http-simple.ts'),
  'jwt-http-policy': () => import('./authorizers/jwt-http-policy.ts'),
  'jwt-rest': () => import('./authorizers/jwt-rest.ts'),
  'session-http-simple': () => import('./authorizers/session-http-simple.ts'),
  'session-http-policy': () => import('./authorizers/session-http-policy.ts'),
  'session-rest': () => import('./authorizers/session-rest.ts'),
}

/** Those modules are bundled without the sentences about what is wrong. Where one of them does not start, this one is asked in its place, and either starts or says why not. */
const any = (): Promise<Authorizer> => import('./authorizers/any.ts')

const { SALLYPORT_STRATEGY, SALLYPORT_AUTHORIZER_GATEWAY } = process.env
const choice = `${SALLYPORT_STRATEGY || 'jwt'}-${(SALLYPORT_AUTHORIZER_GATEWAY || 'http-simple').replace(/^rest-\w+$/, 'rest')}`

const authorizer = await (MODULES[choice] ?? any)().catch(any)

export const handler: AuthorizerHandler = authorizer.handler
