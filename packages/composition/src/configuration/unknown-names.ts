import { closestName } from './closest-name.ts'
import type { Environment } from './read-variables.ts'
import type { Variable } from './variable.ts'
import { VARIABLE_NAMES } from './variable-names.ts'

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
