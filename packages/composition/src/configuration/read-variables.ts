import { closestName } from './closest-name.ts'
import type { Variable, VariablesOf } from './variable.ts'
import { VARIABLE_NAMES } from './variable-names.ts'

export type Environment = { readonly [name: string]: string | undefined }

export interface ReadVariables<Values> {
  /** What holds: what was set, and defaults for the rest; empty where a variable has none. */
  readonly values: Values
  /** Rows that had to be set and were not. */
  readonly lacked: readonly Variable<unknown>[]
}

/** Reads the rows; what is set in a wrong form goes to `problems`, without the value. A variable that is empty counts as not set. */
export function readVariables<Values>(
  environment: Environment,
  variables: VariablesOf<Values>,
  production: boolean,
  problems: string[],
): ReadVariables<Values> {
  const values: Record<string, unknown> = {}
  const lacked: Variable<unknown>[] = []
  for (const [key, row] of Object.entries<Variable<unknown>>(variables)) {
    const text = environment[row.name]
    if (text === undefined || text === '') {
      values[key] = row.default === 'required' ? '' : row.default.value
      if (row.default === 'required' || (production && row.requiredInProduction === true)) lacked.push(row)
      continue
    }
    const read = row.kind.read(text)
    if (read === null || typeof read === 'string') problems.push(`${row.name} must be ${read ?? row.kind.form}`)
    else values[key] = read.value
  }
  return { values: values as Values, lacked }
}

/** Sentences for names that begin with `SALLYPORT_` and mean nothing, which are most often misspelt. `own` are those of the app. */
export function unknownNames(environment: Environment, own: readonly Variable<unknown>[]): string[] {
  const known = [...VARIABLE_NAMES, ...own.map(({ name }) => name)]
  return Object.keys(environment)
    .filter((name) => name.startsWith('SALLYPORT_') && !known.includes(name))
    .map((name) => {
      const close = closestName(name, known)
      return `${JSON.stringify(name.slice(0, 80))} is not a variable of Sallyport${close === null ? '' : `; did you mean ${close}`}`
    })
}
