import type { ProtectedRoute } from '@sallyport/guard'
import type { RestAuthorizerOptions } from '@sallyport/platform-aws-lambda'
import { POSTS_ROUTES } from '@sallyport/sample-posts'

/** All routes behind the gateway: those of the sample function. Put yours in their place. */
export const ROUTES: readonly ProtectedRoute[] = POSTS_ROUTES

/** What an authorizer makes of them; the build of the authorizer works it out from these alone. */
export const ROUTE_OPTIONS: Pick<RestAuthorizerOptions, 'routes' | 'recheckedBehind' | 'undeclaredPaths'> = {
  routes: ROUTES,
  // The function behind asks the guard, too.
  recheckedBehind: true,
  undeclaredPaths: 'denied',
}
