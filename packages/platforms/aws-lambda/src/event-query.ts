import type { LambdaEvent } from './event-shape.ts'

/**
 * The query still encoded, with every repetition that the front has let through. REST APIs decode names and values, so they are encoded again; ALB hands them over as they came. The
 * order between different names is the front's.
 */
export function eventQuery({ shape, event }: LambdaEvent): string {
  if (shape === 'http-api') return event.rawQueryString
  const encode = shape === 'rest' ? encoded : asItIs
  const pairs: string[] = []
  const { multiValueQueryStringParameters: multi, queryStringParameters: single } = event
  if (multi) for (const name in multi) for (const value of multi[name] ?? []) pairs.push(`${encode(name)}=${encode(value)}`)
  else for (const name in single) pairs.push(`${encode(name)}=${encode(single[name] ?? '')}`)
  return pairs.join('&')
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}

function asItIs(text: string): string {
  return text
}
