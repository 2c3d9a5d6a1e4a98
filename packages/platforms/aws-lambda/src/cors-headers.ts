import type { LambdaEvent } from './event-shape.ts'

type Headers = { readonly [name: string]: unknown }

/** `cors` of a decision. */
export type CorsHeaders = { readonly [name: string]: string } | undefined

/** An answer that has a status: whatever else a function returns, the front makes an answer of it, and it has no headers. */
interface Answer {
  readonly statusCode: unknown
  readonly headers?: Headers | null
  readonly multiValueHeaders?: Headers | null
}

/**
 * The answer of a guarded function with what lets pages of allowed origins read it, in the form that the front reads. What the function says itself stands, in whatever spelling; `Vary` is said by both.
 */
export function withCors<Result>(lambdaEvent: LambdaEvent, result: Result, cors: CorsHeaders): Result {
  if (cors === undefined || !isAnswer(result)) return result
  const [headers, multiValueHeaders] = [result.headers ?? {}, result.multiValueHeaders ?? {}]
  const spelled = (name: string, given: Headers): string | undefined => Object.keys(given).find((each) => each.toLowerCase() === name)
  const single: Record<string, unknown> = { ...headers }
  const multi: Record<string, unknown> = { ...multiValueHeaders }
  const lists = lambdaEvent.shape === 'alb' && lambdaEvent.multiValue
  for (const [name, value] of Object.entries(cors)) {
    const [alone, listed] = [spelled(name, headers), spelled(name, multiValueHeaders)]
    if (alone === undefined && listed === undefined) {
      if (lists) multi[name] = [value]
      else single[name] = value
    } else if (name === 'vary') {
      if (alone !== undefined) single[alone] = `${String(single[alone])}, ${value}`
      if (listed !== undefined) multi[listed] = [multi[listed], value].flat()
    }
  }
  return {
    ...result,
    ...(Object.keys(single).length === 0 ? {} : { headers: single }),
    ...(Object.keys(multi).length === 0 ? {} : { multiValueHeaders: multi }),
  }
}

function isAnswer(result: unknown): result is Answer {
  return typeof result === 'object' && result !== null && 'statusCode' in result
}
