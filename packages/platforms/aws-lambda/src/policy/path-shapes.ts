import { protectedRoutes, segmentsOf, type ProtectedRoute, type Segment } from '@sallyport/guard'
import { witnessPaths, type PathLanguage } from './witness-paths.ts'

/** A path of the table without the names of its parameters: routes of several methods share it. */
export interface PathShape {
  /** As the first route of that shape writes it. */
  readonly path: string
  readonly segments: readonly Segment[]
  /** Its paths as IAM writes them, behind the method: `posts/*`. */
  readonly resource: string
  /** Every well-formed path that the resource matches is like one of these. */
  readonly spots: readonly Spot[]
}

/** A path that stands for all that are alike. */
export interface Spot {
  readonly path: string
  /** The shape that answers it, by its place; `null` when none does. */
  readonly owner: number | null
  /** Resources that match it and none of the shape's own paths: its own, with one wildcard that takes a slash in. */
  readonly beyond: readonly string[]
}

export interface PathShapes {
  readonly shapes: readonly PathShape[]
  /** The place of the route's shape. */
  placeOf(route: ProtectedRoute): number
}

interface ParsedPath {
  readonly path: string
  readonly segments: readonly Segment[]
}

/** Throws `ConfigurationError` (`configuration`) for a path that is none, or when the paths overlap in more ways than can be looked at. */
export function pathShapes(routes: readonly ProtectedRoute[]): PathShapes {
  const places = new Map<string, number>()
  const parsed: ParsedPath[] = []
  for (const { path } of routes) {
    if (places.has(keyOf(path))) continue
    places.set(keyOf(path), parsed.length)
    parsed.push({ path, segments: segmentsOf(path) })
  }
  const placeOf = ({ path }: Pick<ProtectedRoute, 'path'>): number => places.get(keyOf(path)) ?? -1
  const whose = protectedRoutes(parsed.map(({ path }) => ({ method: 'ANY', path, rule: { access: 'public' } })))
  const ownerOf = (path: string): number | null => {
    const owner = whose.find('GET', path)
    return owner === null ? null : placeOf(owner)
  }
  const templates = parsed.map(({ segments }) => segments)
  const shapes = parsed.map(({ path, segments }): PathShape => {
    const pattern = segments.map((item) => (item.kind === 'fixed' ? item : REST))
    return { path, segments, resource: resourceOf(pattern), spots: spotsOf(segments, pattern, templates, ownerOf) }
  })
  return { shapes, placeOf }
}

const REST: Segment = { kind: 'rest' }

function spotsOf(
  segments: readonly Segment[],
  pattern: PathLanguage,
  templates: readonly PathLanguage[],
  ownerOf: (path: string) => number | null,
): readonly Spot[] {
  const beyond = segments.flatMap((item, at) => (item.kind === 'parameter' ? [pattern.toSpliced(at, 0, REST)] : []))
  const spots = witnessPaths(pattern, [...beyond, ...templates]).map(({ path, within }): Spot => {
    const matching = beyond.filter((_language, index) => within.has(index))
    return { path, owner: ownerOf(path), beyond: matching.map(resourceOf) }
  })
  // A wildcard takes nothing at all, too: that of `GET/*` matches the ARN of the root, `GET/`.
  const takesRoot = pattern.length === 0 || (pattern.length === 1 && pattern[0]?.kind === 'rest')
  return takesRoot ? [{ path: '/', owner: ownerOf('/'), beyond: pattern.length === 0 ? [] : [''] }, ...spots] : spots
}

function keyOf(path: string): string {
  return segmentsOf(path)
    .map((item) => (item.kind === 'fixed' ? item.text : `{${item.kind}}`))
    .join('/')
}

function resourceOf(language: PathLanguage): string {
  return language.map((item) => (item.kind === 'fixed' ? item.text : '*')).join('/')
}
