import type { Rule } from '@sallyport/core'
import { protectedRoutes, ruleOf, type Preflight, type ProtectedRoute, type ProtectedRoutes } from '@sallyport/guard'
import type { HttpHeaders } from '@sallyport/http'
import type { LambdaEvent } from './event-shape.ts'

/** The rule of this request; `null` when nobody may pass, because no declared route is meant, or because the gateway in front has meant another one. */
export type FindRule = (
  lambdaEvent: LambdaEvent,
  request: { readonly method: string; readonly path: string; readonly headers: HttpHeaders },
) => Rule | Preflight | null

/**
 * By the real path and by the route that the gateway has chosen: both must agree. An HTTP API takes `/posts/` for its route `/posts` and its authorizer may not have been asked; whoever
 * compares only one of the two lets such a request in.
 */
export function ruleFinder(rule: Rule | ProtectedRoutes): FindRule {
  const known = new Map<string, ProtectedRoutes | null>()
  const gatewayRoute = (template: string): ProtectedRoutes | null => {
    const before = known.get(template)
    if (before !== undefined) return before
    const made = routeOf(template)
    known.set(template, made)
    return made
  }

  return (lambdaEvent, request) => {
    const { method, path } = request
    const template = templateOf(lambdaEvent)
    if (template !== null && (gatewayRoute(template)?.find(method, path) ?? null) === null) return null
    const demanded = ruleOf(rule, request)
    // Behind a preflight nobody runs, whatever route the gateway has chosen for it.
    if (!('find' in rule) || demanded?.access === 'preflight') return demanded
    const found = rule.find(method, path)
    if (found === null || template === null || takesAnything(template)) return found?.rule ?? null
    return sameShape(found, template) ? found.rule : null
  }
}

/** `null` where no gateway has chosen: load balancers, function URLs, and the route of an HTTP API that takes all. */
function templateOf({ shape, event }: LambdaEvent): string | null {
  if (shape === 'alb') return null
  const route = shape === 'rest' ? event.resource : event.routeKey?.replace(/^[A-Z]+ /, '')
  return route === undefined || route === '$default' ? null : route
}

/** `null` for a template in which characters stand that no declared route can have. */
function routeOf(template: string): ProtectedRoutes | null {
  try {
    return protectedRoutes([{ method: 'ANY', path: withPlainNames(template), rule: { access: 'signed-in' } }])
  } catch {
    return null
  }
}

/** A gateway's parameters may be called what ours may not, and what they are called does not matter. */
function withPlainNames(template: string): string {
  return template.replaceAll(/\{[^{}/+]+(\+?)\}/g, '{p$1}')
}

function takesAnything(template: string): boolean {
  return template.endsWith('+}')
}

function sameShape({ path }: ProtectedRoute, template: string): boolean {
  return withPlainNames(path) === withPlainNames(template)
}
