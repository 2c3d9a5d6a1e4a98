/** In whatever form a function may give headers to `@azure/functions`. */
type Given = Headers | Readonly<Record<string, string>> | readonly (readonly [string, string])[] | null | undefined

/**
 * The answer of a guarded function with what lets pages of allowed origins read it. What the function says itself stands, in whatever spelling; `Vary` is said by both. An answer that is no object has no headers.
 */
export function withCors<Answer>(answer: Answer, cors: Readonly<Record<string, string>> | undefined): Answer {
  if (cors === undefined || typeof answer !== 'object' || answer === null) return answer
  const { headers } = answer as { readonly headers?: Given }
  if (isHeaders(headers)) {
    for (const [name, value] of Object.entries(cors)) if (name === 'vary' || !headers.has(name)) headers.append(name, value)
    return answer
  }
  const own: readonly (readonly [string, string])[] = Array.isArray(headers) ? headers : Object.entries(headers ?? {})
  const said = (wanted: string): string | undefined => own.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const others = own.filter(([name]) => name.toLowerCase() !== 'vary')
  const vary = [said('vary') ?? [], cors['vary'] ?? []].flat().join(', ')
  const added = Object.entries(cors).filter(([name]) => name !== 'vary' && said(name) === undefined)
  return { ...answer, headers: [...others, ...added, ...(vary === '' ? [] : [['vary', vary] as const])] satisfies Given }
}

function isHeaders(headers: Given): headers is Headers {
  return typeof headers === 'object' && headers !== null && 'append' in headers && typeof headers.append === 'function'
}
