import type { RateLimit, Rule } from '@sallyport/core'
import type { OperationId } from './operations.ts'
import type { ProblemCode } from './problems.ts'
import type { Schema } from './schema.ts'

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'

export interface Route {
  /** Also the name of the handler. */
  readonly operationId: OperationId
  readonly method: Method
  /** With the prefix; the last segment may be a parameter, as in `/auth/sessions/{id}`. */
  readonly path: string
  readonly summary: string
  readonly rule: Rule
  /** What a request has to show. `refresh` and `any` are checked by the use case itself, for the rule cannot. */
  readonly credential: 'none' | 'access' | 'refresh' | 'any'
  readonly input: RouteInput
  readonly output: RouteOutput
  readonly cookies: 'none' | 'sets' | 'clears'
  /** Counted before the work, in one store call; empty where nothing is counted. */
  readonly limits: readonly RateLimit[]
  /** Whom the limits of an account count: the address in the body, or the caller. */
  readonly account: 'none' | 'body-email' | 'caller'
  /** When another site's page is refused: for every request, for those whose credential is a cookie, or never because nothing changes. */
  readonly crossSite: 'always' | 'cookie' | 'never'
  readonly caching: 'no-store' | 'public'
  /** Those of the operation itself; what every such route can answer besides is derived by `problemsOf`. */
  readonly problems: readonly ProblemCode[]
}

export interface RouteInput {
  readonly body: { readonly schema: Schema<unknown>; readonly required: boolean } | null
  readonly query: Schema<unknown> | null
  /** The name of the one path parameter; its form is that of every identifier here: `[A-Za-z0-9_-]{1,128}`. */
  readonly parameter: string | null
}

export interface RouteOutput {
  readonly status: 200 | 201 | 204
  readonly description: string
  readonly schema: Schema<unknown> | null
}

/** Everything this route can answer besides success. */
export function problemsOf(route: Route): readonly ProblemCode[] {
  const { rule, input, credential } = route
  const codes: ProblemCode[] = ['body-too-large', ...route.problems]
  codes.push(...(input.body === null ? (['unexpected-body'] as const) : (['malformed-body', 'unsupported-media-type'] as const)))
  codes.push('invalid-input')
  if (credential !== 'none') codes.push('unauthenticated')
  if (rule.access === 'signed-in' && rule.freshSeconds !== undefined) codes.push('not-fresh')
  if (rule.access === 'signed-in' && (rule.roles !== undefined || rule.scopes !== undefined)) codes.push('forbidden')
  if (route.crossSite !== 'never') codes.push('cross-site')
  if (route.limits.length > 0) codes.push('rate-limited')
  return [...new Set<ProblemCode>([...codes, 'internal', 'store-unavailable'])]
}
