import { ConfigurationError } from '@sallyport/core'
import type { ProtectedRoute, RouteMethod } from '@sallyport/guard'
import { pathShapes, type PathShape, type Spot } from './path-shapes.ts'
import { somebodyMay } from './rule-overlap.ts'

/** One method and path of the API. Resources are what follows the stage in an ARN of a policy, such as `GET/posts/*`. */
export interface PlannedRoute {
  readonly route: ProtectedRoute
  readonly resource: string
  /** May be refused by name to whoever may not call it: that refuses nothing else. */
  readonly refusable: boolean
  /** To be refused whenever this is allowed: its wildcards match them, and they are nobody's. */
  readonly beside: readonly string[]
  /** To be refused when this is allowed and the other is not; `null` is no route, and never allowed. */
  readonly over: readonly { readonly other: ProtectedRoute | null; readonly resource: string }[]
}

export interface PolicyPlanOptions {
  readonly routes: readonly ProtectedRoute[]
  /** `not-routed`: the gateway has the declared routes and no others, so that no request for another path ever gets as far as a policy. */
  readonly undeclaredPaths: 'denied' | 'not-routed'
}

/** Also what `ANY` is in a policy: a wildcard in place of the method would run on into the path. */
const METHODS: readonly RouteMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * What a policy for the whole API has to say of each route, whoever the caller is. Throws `ConfigurationError` (`configuration`) naming the routes when there can be
 * somebody for whom no policy gives the verdicts of the rules: in IAM a deny wins and a wildcard takes slashes in, so an exception to an exception cannot be said.
 */
export function policyPlan({ routes, undeclaredPaths }: PolicyPlanOptions): readonly PlannedRoute[] {
  const paths = pathShapes(routes)
  const problems = new Set<string>()
  const rowsOf = Map.groupBy(routes, (route) => paths.placeOf(route))
  const plan = METHODS.flatMap((method) => {
    const answering = paths.shapes.map((_shape, place) => {
      const rows = rowsOf.get(place) ?? []
      return rows.find((route) => route.method === method) ?? rows.find((route) => route.method === 'ANY') ?? null
    })
    const view = methodView(method, paths.shapes, answering)
    return answering.flatMap((route, place) => {
      if (route === null) return []
      const beside = besideOf(view, route, place, undeclaredPaths, problems)
      const over = [...overOf(view, route, place, problems), ...encodedOf(view, place)]
      const refusable = view.wronged(paths.shapes[place]?.spots ?? [], place).length === 0
      return [{ route, resource: view.resource(place), refusable, beside, over }]
    })
  })
  if (problems.size > 0) throw new ConfigurationError(`No policy of IAM can express these routes. ${[...problems].slice(0, 5).join(' ')}`)
  return plan
}

interface MethodView {
  readonly method: string
  readonly shapes: readonly PathShape[]
  /** The route of this method at each shape. */
  readonly answering: readonly (ProtectedRoute | null)[]
  resource(place: number): string
  /** The routes but the one at `own` that would be refused with these spots. */
  wronged(spots: readonly Spot[], own: number | null): readonly ProtectedRoute[]
}

function methodView(method: string, shapes: readonly PathShape[], answering: MethodView['answering']): MethodView {
  return {
    method,
    shapes,
    answering,
    resource: (place) => `${method}/${shapes[place]?.resource ?? ''}`,
    wronged: (spots, own) => spots.flatMap(({ owner }) => (owner === null || owner === own ? [] : (answering[owner] ?? []))),
  }
}

function besideOf(
  { method, shapes, wronged }: MethodView,
  route: ProtectedRoute,
  place: number,
  undeclaredPaths: PolicyPlanOptions['undeclaredPaths'],
  problems: Set<string>,
): readonly string[] {
  const spots = shapes[place]?.spots ?? []
  const wrongedBy = (text: string): readonly ProtectedRoute[] =>
    wronged(
      spots.filter(({ beyond }) => beyond.includes(text)),
      null,
    )
  const beside = new Set<string>()
  for (const { path, beyond } of spots.filter(({ owner }) => owner === null)) {
    const harmless = beyond.filter((text) => wrongedBy(text).length === 0)
    for (const text of harmless) beside.add(`${method}/${text}`)
    if (harmless.length > 0 || undeclaredPaths === 'not-routed') continue
    const [neighbour] = wrongedBy(beyond[0] ?? '')
    problems.add(
      `Who may call ${nameOf(route)} and ${neighbour === undefined ? 'others' : nameOf(neighbour)} could call ${method} ${path}, which is no route.`,
    )
  }
  return [...beside]
}

function overOf(
  { method, shapes, answering, resource, wronged }: MethodView,
  route: ProtectedRoute,
  place: number,
  problems: Set<string>,
): PlannedRoute['over'] {
  const over = new Map<number, PlannedRoute['over'][number]>()
  for (const { owner } of shapes[place]?.spots ?? []) {
    if (owner === null || owner === place || over.has(owner)) continue
    const other = answering[owner] ?? null
    over.set(owner, { other, resource: resource(owner) })
    const victim = wronged(shapes[owner]?.spots ?? [], owner).find((each) => other === null || somebodyMay([route.rule, each.rule], other.rule))
    const what = other === null ? `${method} ${shapes[owner]?.path ?? ''}, which is no route` : nameOf(other)
    if (victim !== undefined) problems.add(`Who may call ${nameOf(route)} and ${nameOf(victim)}, but not ${what}, would be refused the second, too.`)
  }
  return [...over.values()]
}

/**
 * Nobody says whether API Gateway decodes a path before it looks for the route and not in the ARN. If so, `/%61dmin` would be matched by the wildcard of `/{page}` and answered by `/admin`.
 * Where that could open a route, a percent sign is refused.
 */
function encodedOf({ method, shapes, answering }: MethodView, place: number): PlannedRoute['over'] {
  const { segments } = shapes[place] ?? { segments: [] }
  const wildcard = segments.findIndex((item) => item.kind !== 'fixed')
  if (wildcard < 0) return []
  const before = segments.slice(0, wildcard).flatMap((item) => (item.kind === 'fixed' ? [item.text] : []))
  const resource = `${method}/${[...before, '*%*'].join('/')}`
  return answering.flatMap((other, at) => {
    const theirs = shapes[at]?.segments ?? []
    const open = theirs.at(-1)?.kind === 'rest'
    const reachable = before.every((text, index) => {
      const item = theirs[index] ?? (open ? theirs.at(-1) : undefined)
      return item !== undefined && (item.kind !== 'fixed' || item.text === text)
    })
    return other !== null && at !== place && reachable ? [{ other, resource }] : []
  })
}

function nameOf({ method, path }: ProtectedRoute): string {
  return `${method} ${path}`
}
