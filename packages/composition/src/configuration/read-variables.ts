import type { Variable, VariablesOf } from './variable.ts'

export type Environment = { readonly [name: string]: string | undefined }

/** A row that is set in a wrong form. */
export interface RefusedVariable {
  readonly row: Variable<unknown>
  /** A more exact form that it fails; `null`: the one of its kind. */
  readonly form: string | null
}

export interface ReadVariables<Values> {
  /** What holds: what was set, and defaults for the rest; empty where a variable has none. */
  readonly values: Values
  /** Rows that had to be set and were not. */
  readonly lacked: readonly Variable<unknown>[]
  readonly refused: readonly RefusedVariable[]
}

/** Reads the rows. A variable that is empty counts as not set. */
export function readVariables<Values>(environment: Environment, variables: VariablesOf<Values>, production: boolean): ReadVariables<Values> {
  const values: Record<string, unknown> = {}
  const lacked: Variable<unknown>[] = []
  const refused: RefusedVariable[] = []
  for (const [key, row] of Object.entries<Variable<unknown>>(variables)) {
    const text = environment[row.name]
    if (text === undefined || text === '') {
      values[key] = row.default === 'required' ? '' : row.default.value
      if (row.default === 'required' || (production && row.requiredInProduction === true)) lacked.push(row)
      continue
    }
    const read = row.kind.read(text)
    if (read === null || typeof read === 'string') refused.push({ row, form: read })
    else values[key] = read.value
  }
  return { values: values as Values, lacked, refused }
}
