import type { HttpHeaders } from '@sallyport/http'
import type { LambdaEvent } from './event-shape.ts'
import type { MultiValues, SingleValues } from './lambda-event.ts'

/**
 * The headers by name in lower case, every line of each. REST APIs keep the client's spelling of names, so that two lines may stand under two spellings: they become one list, and
 * whoever reads the header sees that it came twice. HTTP APIs and function URLs join lines by commas and give cookies apart.
 */
export function eventHeaders({ shape, event }: LambdaEvent): HttpHeaders {
  if (shape === 'http-api') {
    const headers = event.headers ?? null
    const cookies = event.cookies === undefined || event.cookies.length === 0 ? null : event.cookies.join('; ')
    // As these fronts send them, there is nothing to do.
    if (headers !== null && cookies === null && areLowerCase(headers)) return headers
    const own = ofSingle(headers)
    if (cookies !== null && own['cookie'] === undefined) own['cookie'] = cookies
    return own
  }
  return event.multiValueHeaders ? ofMulti(event.multiValueHeaders) : ofSingle(event.headers ?? null)
}

/** Without a prototype: a header may be called `__proto__`. */
type Headers = { [name: string]: string | string[] }

function areLowerCase(values: NonNullable<SingleValues>): values is Readonly<Record<string, string>> {
  for (const name in values) if (values[name] === undefined || name !== name.toLowerCase()) return false
  return true
}

function ofSingle(values: SingleValues): Headers {
  const headers = Object.create(null) as Headers
  for (const name in values) {
    const value = values[name]
    if (value !== undefined) add(headers, name.toLowerCase(), value)
  }
  return headers
}

function ofMulti(values: NonNullable<MultiValues>): Headers {
  const headers = Object.create(null) as Headers
  for (const name in values) for (const value of values[name] ?? []) add(headers, name.toLowerCase(), value)
  return headers
}

function add(headers: Headers, name: string, value: string): void {
  const before = headers[name]
  if (before === undefined) headers[name] = value
  else if (typeof before === 'string') headers[name] = [before, value]
  else before.push(value)
}
