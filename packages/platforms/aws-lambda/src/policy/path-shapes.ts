import { protectedRoutes, segmentsOf, type ProtectedRoute, type Segment } from '@sallyport/guard'
import { witnessPaths, type PathLanguage } from './witness-paths.ts'

/** A path of the table without the names of its parameters: routes of several methods share it. */
export interface PathShape {
  /** As the first route of that shape writes it. */
  readonly path: string
  readonly segments: readonly Segment[]
  /** Its paths as IAM writes them, behind the method: `posts/*`. */
  readonly resource: string
  /** The same with one wildcard that takes a slash in: together all that the resource matches beyond its paths. */
  readonly beyond: readonly string[]
}

/** A path that stands for all that are alike. */
export interface Spot {
  readonly path: string
  /** The shape that answers it, by its place; `null` when none does. */
  readonly owner: number | null
  /** The places of the shapes whose resource matches it. */
  readonly matchedBy: ReadonlySet<number>
  /** Those of all `beyond` that match it. */
  readonly beyond: ReadonlySet<string>
}

export interface PathShapes {
  readonly shapes: readonly PathShape[]
  /** Every well-formed path that some resource matches is like one of these. */
  readonly spots: readonly Spot[]
  /** The place of the route's shape. */
  placeOf(route: ProtectedRoute): number
}

/** Throws `ConfigurationError` (`configuration`) for a path that is none, or when the paths overlap in more ways than can be looked at. */
export function pathShapes(routes: readonly ProtectedRoute[]): PathShapes {
  const places = new Map<string, number>()
  const parsed: { readonly path: string; readonly segments: readonly Segment[]; readonly pattern: PathLanguage }[] = []
  for (const { path } of routes) {
    if (places.has(keyOf(path))) continue
    places.set(keyOf(path), parsed.length)
    const segments = segmentsOf(path)
    parsed.push({ path, segments, pattern: segments.map((item) => (item.kind === 'fixed' ? item : REST)) })
  }
  const rootDeclared = places.has('')
  const beyond = parsed.map(({ segments, pattern }) => [
    ...segments.flatMap((item, at) => (item.kind === 'parameter' ? [pattern.toSpliced(at, 0, REST)] : [])),
    // A wildcard takes nothing at all, too: that of `GET/*` matches the ARN of the root, `GET/`.
    ...(pattern.length === 1 && pattern[0]?.kind === 'rest' && !rootDeclared ? [[]] : []),
  ])
  const shapes = parsed.map(({ path, segments, pattern }, index) => ({
    path,
    segments,
    resource: resourceOf(pattern),
    beyond: (beyond[index] ?? []).map(resourceOf),
  }))
  const placeOf = ({ path }: ProtectedRoute): number => places.get(keyOf(path)) ?? -1

  const whose = protectedRoutes(shapes.map(({ path }) => ({ method: 'ANY', path, rule: { access: 'public' } })))
  const ownerOf = (path: string): number | null => {
    const owner = whose.find('GET', path)
    return owner === null ? null : placeOf(owner)
  }
  const languages = beyond.flat()
  const patterns = parsed.map(({ pattern }) => pattern)
  const root: Spot = {
    path: '/',
    owner: ownerOf('/'),
    matchedBy: placesWhere(patterns, (pattern) => pattern.length === 0 || (pattern.length === 1 && pattern[0]?.kind === 'rest')),
    beyond: new Set(rootDeclared ? [] : ['']),
  }
  const templates = parsed.map(({ segments }) => segments)
  const spots = witnessPaths([...patterns, ...languages, ...templates]).map(({ path, within }) => ({
    path,
    owner: ownerOf(path),
    matchedBy: placesWhere(patterns, (_pattern, index) => within[index] === true),
    beyond: new Set(languages.filter((_language, index) => within[patterns.length + index] === true).map(resourceOf)),
  }))
  return { shapes, spots: [root, ...spots], placeOf }
}

const REST: Segment = { kind: 'rest' }

function keyOf(path: string): string {
  return segmentsOf(path)
    .map((item) => (item.kind === 'fixed' ? item.text : `{${item.kind}}`))
    .join('/')
}

function resourceOf(language: PathLanguage): string {
  return language.map((item) => (item.kind === 'fixed' ? item.text : '*')).join('/')
}

function placesWhere<T>(list: readonly T[], is: (each: T, index: number) => boolean): ReadonlySet<number> {
  return new Set(list.flatMap((each, index) => (is(each, index) ? [index] : [])))
}
