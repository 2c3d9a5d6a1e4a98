import { ConfigurationError, type Rule } from '@sallyport/core'

export type RouteMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'ANY'

/** A route of the application's own API and what it demands: data from which guards, authorizer policies and gateway configurations are made. */
export interface ProtectedRoute {
  readonly method: RouteMethod
  /** `/posts/{id}`: segments are fixed or one parameter; the last may take all that follows, as in `/files/{path+}`. */
  readonly path: string
  readonly rule: Rule
}

export interface ProtectedRoutes {
  /** In the order given. */
  readonly routes: readonly ProtectedRoute[]
  /**
   * The one route that answers this request; `null` when none does, and then nobody may pass. A path is compared byte for byte, as it came: another case, a slash more or less,
   * a dot segment or an empty segment is another path, so that no gateway in front and this table can disagree. Of several the most specific: segment by segment a fixed one before a parameter before
   * the rest of the path, then the method before `ANY`.
   */
  find(method: string, path: string): ProtectedRoute | null
}

export const METHODS: readonly RouteMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'ANY']
const FIXED = /^[A-Za-z0-9._~-]+$/
const PARAMETER = /^\{[A-Za-z0-9_]+\}$/
const REST = /^\{[A-Za-z0-9_]+\+\}$/

export type Segment = { readonly kind: 'fixed'; readonly text: string } | { readonly kind: 'parameter' } | { readonly kind: 'rest' }

/** Throws `ConfigurationError` (`configuration`) for a path or method that is none, and for two routes that the same request would reach with equal right. */
export function protectedRoutes(routes: readonly ProtectedRoute[]): ProtectedRoutes {
  const shapes = new Set<string>()
  const parsed = routes.map((route) => {
    if (!METHODS.includes(route.method)) throw new ConfigurationError(`A protected route has one of the methods ${METHODS.join(', ')}.`)
    const segments = segmentsOf(route.path)
    const shape = `${route.method} ${segments.map((segment) => (segment.kind === 'fixed' ? segment.text : `{${segment.kind}}`)).join('/')}`
    if (shapes.has(shape)) throw new ConfigurationError(`Two protected routes answer the same requests: ${route.method} ${route.path}`)
    shapes.add(shape)
    return { route, segments }
  })
  const bySpecificity = parsed.toSorted(
    (a, b) => compare(a.segments, b.segments) || Number(a.route.method === 'ANY') - Number(b.route.method === 'ANY'),
  )
  return {
    routes,
    find: (method, path) => {
      if (!path.startsWith('/')) return null
      const parts = path === '/' ? [] : path.slice(1).split('/')
      if (parts.some((part) => part === '' || part === '.' || part === '..')) return null
      // A gateway chooses the path first and then looks for the method, so a more specific path without the method hides a wider one with it.
      const best = bySpecificity.find(({ segments }) => matches(segments, parts))
      if (best === undefined) return null
      const same = bySpecificity.filter(({ segments }) => compare(segments, best.segments) === 0 && matches(segments, parts))
      return same.find(({ route }) => route.method === method || route.method === 'ANY')?.route ?? null
    },
  }
}

/** The segments of a path template; none for `/`. Throws `ConfigurationError`. */
export function segmentsOf(path: string): readonly Segment[] {
  if (path === '/') return []
  const parts = path.split('/')
  const wrong = (): ConfigurationError => new ConfigurationError(`The path of a protected route looks like /posts/{id} or /files/{path+}: ${path}`)
  if (parts.shift() !== '' || parts.length === 0) throw wrong()
  return parts.map((part, index): Segment => {
    if (FIXED.test(part) && part !== '.' && part !== '..') return { kind: 'fixed', text: part }
    if (PARAMETER.test(part)) return { kind: 'parameter' }
    if (REST.test(part) && index === parts.length - 1) return { kind: 'rest' }
    throw wrong()
  })
}

function matches(segments: readonly Segment[], parts: readonly string[]): boolean {
  const open = segments.at(-1)?.kind === 'rest'
  if (open ? parts.length < segments.length : parts.length !== segments.length) return false
  return segments.every((segment, index) => segment.kind !== 'fixed' || segment.text === parts[index])
}

const RANK = { fixed: 0, parameter: 1, rest: 2 } as const

/** Below zero when `a` is the more specific; zero for equal shapes up to the texts of fixed segments. */
function compare(a: readonly Segment[], b: readonly Segment[]): number {
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const difference = RANK[a[index]!.kind] - RANK[b[index]!.kind]
    if (difference !== 0) return difference
  }
  return b.length - a.length
}
