import type { Rule } from '@sallyport/core'
import { singleHeader, type HttpHeaders } from '@sallyport/http'
import { METHODS, type ProtectedRoute, type ProtectedRoutes } from './protected-routes.ts'

type Headers = { readonly [name: string]: string }

/** What a browser asks before a page of another origin may send a request (CORS preflight, Fetch standard section 3.3). No credential comes with it. */
export interface Preflight {
  readonly access: 'preflight'
  /** What can be asked of that path: the value of `Allow`. */
  readonly methods: string
}

/**
 * The rule under which a request stands: that of the route which answers it, `null` when none does. A preflight stands under none, where somebody has to sign in for what it announces, and the guard
 * answers it itself; where everybody may pass it is left to whoever is guarded, unless only the announced method is declared.
 */
export function ruleOf(
  rule: Rule | ProtectedRoutes,
  { method, path, headers }: { readonly method: string; readonly path: string; readonly headers: HttpHeaders },
): Rule | Preflight | null {
  const announced = method === 'OPTIONS' ? announcedMethod(headers) : null
  if (!('find' in rule)) return announced !== null && rule.access !== 'public' ? preflight([announced]) : rule
  const found = rule.find(method, path)?.rule ?? null
  if (announced === null || found?.access === 'public' || rule.find(announced, path) === null) return found
  return preflight(METHODS.filter((each) => each !== 'OPTIONS' && each !== 'ANY' && rule.find(each, path) !== null))
}

function preflight(methods: readonly string[]): Preflight {
  return { access: 'preflight', methods: [...methods, 'OPTIONS'].join(', ') }
}

function announcedMethod(headers: HttpHeaders): string | null {
  if (typeof singleHeader(headers, 'origin') !== 'string') return null
  const announced = singleHeader(headers, 'access-control-request-method')
  return METHODS.find((each) => each !== 'ANY' && each === announced) ?? null
}

/**
 * The routes of a gateway in front: those of the table, and for every path that has none, `OPTIONS` for everybody, so that preflights reach the guard behind. For configurations of gateways alone: a guard finds
 * preflights by itself.
 */
export function withPreflights(routes: readonly ProtectedRoute[]): readonly ProtectedRoute[] {
  const shape = (path: string): string => path.replaceAll(/\{\w+/g, '{')
  const taken = new Set(routes.filter(({ method }) => method === 'OPTIONS').map(({ path }) => shape(path)))
  const paths = [...new Map(routes.map(({ path }) => [shape(path), path])).entries()].flatMap(([key, path]) => (taken.has(key) ? [] : [path]))
  return [...routes, ...paths.map((path): ProtectedRoute => ({ method: 'OPTIONS', path, rule: { access: 'public' } }))]
}

/** `cors` of a decision and the headers of whoever is guarded, in lower case: what the latter says stands, and what an answer varies by is said by both. */
export function answerHeaders(cors: Headers, own: Headers): Headers {
  const { vary } = own
  return { ...cors, ...own, ...(vary === undefined || cors['vary'] === undefined ? {} : { vary: `${vary}, ${cors['vary']}` }) }
}
