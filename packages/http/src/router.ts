import type { Route } from './route.ts'

export interface Match<Endpoint> {
  readonly endpoints: { readonly [method: string]: Endpoint | undefined }
  /** The value of `Allow`. */
  readonly allow: string
  /** Of the path parameter; empty where there is none. */
  readonly parameter: string
}

export type Router<Endpoint> = (path: string) => Match<Endpoint> | null

const IDENTIFIER = /^[A-Za-z0-9_-]{1,128}$/

/**
 * Exactly the paths of the table, byte for byte: another case, a further or doubled slash, a dot segment or an escape is another path, so that no gateway in front and
 * this router can disagree about which route it is. HEAD is GET without the body.
 */
export function router<Endpoint>(routes: readonly Route[], endpointOf: (route: Route) => Endpoint): Router<Endpoint> {
  const fixed = new Map<string, Match<Endpoint>>()
  const withParameter = new Map<string, Match<Endpoint>>()
  for (const [path, sharing] of Map.groupBy(routes, (route) => route.path)) {
    const endpoints = Object.create(null) as { [method: string]: Endpoint }
    for (const route of sharing) endpoints[route.method] = endpointOf(route)
    if (endpoints['GET'] !== undefined) endpoints['HEAD'] = endpoints['GET']
    const match: Match<Endpoint> = { endpoints, allow: [...Object.keys(endpoints), 'OPTIONS'].join(', '), parameter: '' }
    const brace = path.indexOf('{')
    if (brace < 0) fixed.set(path, match)
    else withParameter.set(path.slice(0, brace), match)
  }
  return (path) => {
    const found = fixed.get(path)
    if (found !== undefined) return found
    const slash = path.lastIndexOf('/') + 1
    const parent = withParameter.get(path.slice(0, slash))
    const parameter = path.slice(slash)
    return parent !== undefined && IDENTIFIER.test(parameter) ? { ...parent, parameter } : null
  }
}
