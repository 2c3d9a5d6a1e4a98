import type { HttpHeaders } from './http-message.ts'

/** The value of a header that comes once at most: `undefined` when absent, `null` when it came more often and so means nothing. */
export function singleHeader(headers: HttpHeaders, name: string): string | null | undefined {
  const value = headers[name]
  if (value === undefined || typeof value === 'string') return value
  return value.length === 0 ? undefined : value.length === 1 ? value[0] : null
}
