import { refuse, type Refused } from './reply.ts'

export type QueryValues = { readonly [name: string]: string }

/** Parameters by name, decoded once. Refused: one that is repeated (OWASP ASVS 15.3.7), and an escape that is none. Never throws. */
export function readQuery(query: string): { readonly ok: true; readonly value: QueryValues } | Refused {
  const values = Object.create(null) as { [name: string]: string }
  for (const part of query.split('&')) {
    const equals = part.indexOf('=')
    const name = decoded(equals < 0 ? part : part.slice(0, equals))
    const value = decoded(equals < 0 ? '' : part.slice(equals + 1))
    if (name === null || value === null)
      return refuse({ code: 'invalid-input', errors: [{ parameter: '', detail: 'The query is not well encoded.' }] })
    if (name in values) return refuse({ code: 'invalid-input', errors: [{ parameter: shortened(name), detail: 'Must come once at most.' }] })
    values[name] = value
  }
  return { ok: true, value: values }
}

/** Names are told back, and never more of one than this. */
export function shortened(name: string): string {
  return name.length <= 64 ? name : `${name.slice(0, 64).toWellFormed()}…`
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
