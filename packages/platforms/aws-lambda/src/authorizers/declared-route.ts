import type { ProtectedRoute, ProtectedRoutes } from '@sallyport/guard'
import { eventPath } from '../event-path.ts'
import type { HttpApiAuthorizerEvent, RequestAuthorizerEvent } from './gateway-events.ts'

/**
 * The declared route that gateway and table agree on; `null` when they do not, whatever the reason. HTTP APIs have answered `/x/` by the route of `/x` and pass on a decoded path, and their
 * `$default` answers what no other route does: one of the two readings alone would be the rule of another route.
 */
export function declaredRoute(
  routes: ProtectedRoutes,
  event: HttpApiAuthorizerEvent | RequestAuthorizerEvent,
  basePath: string,
): ProtectedRoute | null {
  if ('routeArn' in event) {
    const { method } = event.requestContext.http
    const route = routes.find(method, eventPath({ shape: 'http-api', event }, basePath))
    const [theirMethod = '', template = ''] = event.routeKey.split(' ')
    return route !== null && theirMethod === route.method && sameShape(route.path, template) ? route : null
  }
  const route = routes.find(event.httpMethod, eventPath({ shape: 'rest', event }, basePath))
  return route !== null && sameShape(route.path, event.resource ?? '') ? route : null
}

/** Parameters may have other names in the gateway, and what else it may call its routes is no path of the table. */
function sameShape(declared: string, template: string): boolean {
  return withoutNames(declared) === withoutNames(template)
}

function withoutNames(template: string): string {
  return template.replaceAll(/\{[^{}/+]+(\+?)\}/g, '{$1}')
}
