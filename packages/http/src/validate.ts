import { safeParse, type BaseIssue } from 'valibot'
import { shortened } from './read-query.ts'
import { refuse, type FieldError, type Refused } from './reply.ts'
import type { Schema } from './schema.ts'

const MAX_ERRORS = 16

const EXPECTED = {
  string: 'Must be a text.',
  boolean: 'Must be true or false.',
  number: 'Must be a number.',
  strict_object: 'Must be an object.',
} as const

/** The value as the schema has it, or 422 with where and why; never with what was sent. */
export function validate<T>(schema: Schema<T>, value: unknown, place: 'body' | 'query'): { readonly ok: true; readonly value: T } | Refused {
  // To valibot a list is an object too, and one without members where none is required.
  if (Array.isArray(value)) return refuse({ code: 'invalid-input', errors: [{ pointer: '#', detail: EXPECTED.strict_object }] })
  const result = safeParse(schema, value)
  if (result.success) return { ok: true, value: result.output }
  return refuse({ code: 'invalid-input', errors: result.issues.slice(0, MAX_ERRORS).map((issue) => fieldError(issue, place)) })
}

function fieldError(issue: BaseIssue<unknown>, place: 'body' | 'query'): FieldError {
  const path = (issue.path ?? []).map(({ key }) => shortened(String(key)))
  const detail = detailOf(issue)
  return place === 'query' ? { parameter: path.join('.'), detail } : { pointer: `#${path.map((name) => `/${escaped(name)}`).join('')}`, detail }
}

/** RFC 6901 section 6: a pointer as a URI fragment. */
function escaped(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))
}

function detailOf(issue: BaseIssue<unknown>): string {
  // Messages of checks and custom schemas are this package's own; valibot's default ones quote the value.
  if (issue.kind !== 'schema' || issue.type === 'custom') return issue.message
  if (issue.expected === 'never') return 'Is not known here.'
  if (issue.received === 'undefined') return 'Is missing.'
  if (issue.type === 'picklist') return `Must be one of ${issue.expected}.`
  return issue.type in EXPECTED ? EXPECTED[issue.type as keyof typeof EXPECTED] : 'Has the wrong type.'
}
