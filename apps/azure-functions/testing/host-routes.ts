import type { CoreApi, RegisteredFunction } from './core-api.ts'

export interface HostMatch {
  readonly registered: RegisteredFunction
  readonly params: { readonly [name: string]: string }
}

interface HostRoute {
  readonly registered: RegisteredFunction
  readonly pattern: RegExp
  readonly rank: string
}

const RANK = { fixed: '0', parameter: '1', rest: '2' } as const

/**
 * The function whose route takes this path, as ASP.NET Core's routing in the host chooses: case and a slash at the end do not matter, a fixed segment goes before a parameter and that before the rest;
 * a method that the chosen one does not list is not found. `routePrefix` is empty, as in host.json.
 */
export function hostRoute({ functions }: CoreApi, method: string, path: string): HostMatch | null {
  const routes = [...functions.values()].map(routeOf).toSorted((a, b) => (a.rank < b.rank ? -1 : Number(a.rank > b.rank)))
  for (const { registered, pattern } of routes) {
    const match = pattern.exec(path.slice(1))
    if (match === null) continue
    const methods = triggerOf(registered).methods ?? []
    if (!methods.some((each) => each.toUpperCase() === method)) continue
    const given = Object.entries(match.groups ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined)
    return { registered, params: Object.fromEntries(given) }
  }
  return null
}

function routeOf(registered: RegisteredFunction): HostRoute {
  const segments = (triggerOf(registered).route ?? registered.metadata.name).split('/').map((segment) => {
    const [, rest, name, optional] = /^\{(\*)?(\w+)(\?)?\}$/.exec(segment) ?? []
    if (rest !== undefined) return { rank: RANK.rest, source: `(?<${name}>.*)`, optional: true }
    if (name !== undefined) return { rank: RANK.parameter, source: `(?<${name}>[^/]+)`, optional: optional !== undefined }
    return { rank: RANK.fixed, source: segment.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'), optional: false }
  })
  const source = segments.map((each, index) => {
    const text = index === 0 ? each.source : `/${each.source}`
    return each.optional ? `(?:${text})?` : text
  })
  return { registered, pattern: new RegExp(`^${source.join('')}/?$`, 'i'), rank: segments.map(({ rank }) => rank).join('') }
}

function triggerOf({ metadata }: RegisteredFunction): RegisteredFunction['metadata']['bindings'][string] {
  const trigger = Object.values(metadata.bindings).find(({ type }) => type === 'httpTrigger')
  if (trigger === undefined) throw new Error(`${metadata.name} is no HTTP function.`)
  return trigger
}
