export interface RequestTarget {
  readonly path: string
  readonly query: string
}

/**
 * Path and query of the URL, not decoded. Of the path it is what the host makes of it: it decodes what needs no escape (`%6d` is `m`) and takes dot segments out, before any function sees
 * it. The query is not read from `request.query`, where a parameter that came twice has one value.
 */
export function requestTarget(url: string): RequestTarget {
  const start = url.indexOf('/', url.indexOf('://') + 3)
  const target = start < 0 ? '/' : url.slice(start)
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}
