import type { Kind } from './kinds.ts'

export interface Variable<T> {
  readonly name: string
  readonly kind: Kind<T>
  /** What holds when the variable is not set; `required` when nothing does. */
  readonly default: { readonly value: T; readonly shown?: string } | 'required'
  /** Must be set when NODE_ENV is production. Outside production a missing secret is made by the app, if it can. */
  readonly requiredInProduction?: true
  readonly secret?: true
  readonly description: string
}

/** One variable for each member of what they make together. */
export type VariablesOf<Values> = { readonly [K in keyof Values]: Variable<Values[K]> }
