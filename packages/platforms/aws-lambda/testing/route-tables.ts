import type { Rule } from '@sallyport/core'
import type { ProtectedRoute, RouteMethod } from '@sallyport/guard'
import fc from 'fast-check'

/** Few words, so that paths of requests meet templates. */
export const WORDS: readonly string[] = ['posts', 'admin', 'new', 'a']
export const ROLES: readonly string[] = ['editor', 'admin', 'owner']
export const SCOPES: readonly string[] = ['read', 'write']

const segment = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...WORDS) }, { weight: 2, arbitrary: fc.constant('{id}') })
const template = fc
  .tuple(fc.array(segment, { maxLength: 3 }), fc.integer({ min: 0, max: 7 }))
  .map(([segments, open]) => `/${[...segments, ...(open === 0 ? ['{rest+}'] : [])].join('/')}`)

/** What a verdict that was kept can say. */
export const lastingRule: fc.Arbitrary<Rule> = fc.oneof(
  fc.constant<Rule>({ access: 'public' }),
  fc.constant<Rule>({ access: 'signed-in' }),
  fc.subarray([...ROLES], { minLength: 1 }).map((roles): Rule => ({ access: 'signed-in', roles })),
  fc.subarray([...SCOPES], { minLength: 1 }).map((scopes): Rule => ({ access: 'signed-in', scopes })),
)

/** Tables of routes, not all of which can be expressed. */
export function routeTables(rule: fc.Arbitrary<Rule>, methods: readonly RouteMethod[]): fc.Arbitrary<readonly ProtectedRoute[]> {
  return fc.uniqueArray(fc.record({ method: fc.constantFrom(...methods), path: template, rule }), {
    minLength: 1,
    maxLength: 5,
    selector: ({ method, path }) => `${method} ${path}`,
  })
}

const word = fc.constantFrom(...WORDS, 'x', '1', 'Posts', 'posts:1', '*', '?', '{id}', 'new.', '...')
export const plainPath: fc.Arbitrary<string> = fc.array(word, { maxLength: 5 }).map((segments) => `/${segments.join('/')}`)
/** With segments that are empty or dots. */
export const oddPath: fc.Arbitrary<string> = fc
  .array(fc.oneof(word, fc.constantFrom('', '', '.', '..')), { minLength: 1, maxLength: 6 })
  .map((segments) => `/${segments.join('/')}`)
