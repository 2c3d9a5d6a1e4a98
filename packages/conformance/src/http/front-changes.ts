import type { KitResponse } from './kit-message.ts'

/** What a front is documented to do to an answer. All else has to reach the client as the application gave it. */
export interface FrontChanges {
  /** Headers that the front adds by itself, by name in lower case, each with the reason. Whether they come and what they say is no concern of the kit. */
  readonly adds?: { readonly [name: string]: string }
  /** Headers that come under another name: the application's name, then the front's. Both in lower case. */
  readonly renames?: { readonly [name: string]: string }
  /** Cookies are taken apart and written anew: their attributes may come in another order and case. */
  readonly rewritesCookies?: boolean
}

/** The answer with the changes of the front taken back. What was renamed and came under its old name all the same is left under a name that nobody gave. */
export function undone(response: KitResponse, { adds = {}, renames = {} }: FrontChanges): KitResponse {
  const original = new Map(Object.entries(renames).map(([given, seen]) => [seen, given]))
  const headers = Object.entries(response.headers)
    .filter(([name]) => !Object.hasOwn(adds, name))
    .map(([name, value]) => [original.get(name) ?? (Object.hasOwn(renames, name) ? `${name} (not renamed)` : name), value] as const)
  return { ...response, headers: Object.fromEntries(headers) }
}

/** A `Set-Cookie` line without what depends on who wrote it: order and case of attribute names, and the case of `SameSite`, which no browser looks at. */
export function plainCookie(line: string): string {
  const [pair = '', ...attributes] = line.split('; ')
  const plain = attributes.map((attribute) => {
    const [name = '', ...value] = attribute.split('=')
    const text = value.join('=')
    const lower = name.toLowerCase()
    return [lower, ...(value.length === 0 ? [] : [lower === 'samesite' ? text.toLowerCase() : text])].join('=')
  })
  return [pair, ...plain.toSorted()].join('; ')
}
