export type StrictJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly detail: string }

/** The top-level object is level 1. */
export const MAX_JSON_DEPTH = 8

const RESERVED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype'])
const QUOTE = 0x22
const BACKSLASH = 0x5c

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * JSON as two readers cannot understand it differently (RFC 7493): UTF-8 without a byte order mark, no repeated member names, no lone surrogates; and no member
 * names that JavaScript gives a meaning of its own. Never throws, time linear in the length.
 */
export function parseStrictJson(bytes: Uint8Array): StrictJson {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return { ok: false, detail: 'The body is not UTF-8.' }
  }
  try {
    const value: unknown = JSON.parse(text)
    const detail = objection(text)
    return detail === null ? { ok: true, value } : { ok: false, detail }
  } catch {
    return { ok: false, detail: 'The body is not JSON.' }
  }
}

/** What is wrong with a text that is JSON; `null` when nothing is. */
function objection(text: string): string | null {
  const names: (Set<string> | null)[] = []
  for (let index = 0; index < text.length; index++) {
    const character = text[index]
    if (character === '{' || character === '[') {
      names.push(character === '{' ? new Set() : null)
      if (names.length > MAX_JSON_DEPTH) return `The body is nested deeper than ${MAX_JSON_DEPTH} levels.`
    } else if (character === '}' || character === ']') {
      names.pop()
    } else if (character === '"') {
      const end = closingQuote(text, index + 1)
      const raw = text.slice(index, end + 1)
      const string = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1)
      if (!string.isWellFormed()) return 'A string in the body holds a lone surrogate.'
      index = end
      const seen = names.at(-1)
      if (seen === undefined || seen === null || !isName(text, end + 1)) continue
      if (seen.has(string)) return 'A member name is repeated in the body.'
      if (RESERVED.has(string)) return 'A member name in the body is reserved.'
      seen.add(string)
    }
  }
  return null
}

function closingQuote(text: string, from: number): number {
  let index = from
  while (text.charCodeAt(index) !== QUOTE) index += text.charCodeAt(index) === BACKSLASH ? 2 : 1
  return index
}

/** In JSON a string is a member's name exactly when a colon follows it. */
function isName(text: string, from: number): boolean {
  let index = from
  while (text[index] === ' ' || text[index] === '\n' || text[index] === '\r' || text[index] === '\t') index++
  return text[index] === ':'
}
