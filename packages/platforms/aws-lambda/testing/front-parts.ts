import type { KitRequest } from '@sallyport/conformance'

/** Every line or value of each name. */
export interface Lines {
  readonly [name: string]: readonly string[]
}

export function splitTarget(target: string): { readonly path: string; readonly query: string } {
  const mark = target.indexOf('?')
  return mark < 0 ? { path: target, query: '' } : { path: target.slice(0, mark), query: target.slice(mark + 1) }
}

/** Lines by name in lower case, or in another spelling. */
export function toLists(
  headers: { readonly [name: string]: string | readonly string[] },
  spelling: (name: string) => string = (name) => name.toLowerCase(),
): Lines {
  const lists: Record<string, string[]> = {}
  for (const [name, value] of Object.entries(headers)) (lists[spelling(name)] ??= []).push(...(typeof value === 'string' ? [value] : value))
  return lists
}

/** A body as text, or in base64 where the front takes its type for binary. Bytes that are no UTF-8 do not survive as text. */
export function textBody(
  body: KitRequest['body'],
  headers: KitRequest['headers'],
  isBinary: (contentType: string) => boolean,
  none: null | '' = null,
): { readonly body: string | null; readonly isBase64Encoded: boolean } {
  if (body === null) return { body: none, isBase64Encoded: false }
  const type = headers['content-type']
  const base64 = isBinary(typeof type === 'string' ? type : '')
  return { body: Buffer.from(body).toString(base64 ? 'base64' : 'utf8'), isBase64Encoded: base64 }
}
