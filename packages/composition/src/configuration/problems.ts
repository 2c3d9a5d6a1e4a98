import { ConfigurationError } from '@sallyport/core'
import type { RefusedVariable } from './read-variables.ts'
import type { Variable } from './variable.ts'

export function mustBeSet({ name, kind }: Variable<unknown>): string {
  return `${name} must be set: ${kind.form}`
}

/** Without the text that was refused, which may be a secret. */
export function mustBeOfForm({ row, form }: RefusedVariable): string {
  return `${row.name} must be ${form ?? row.kind.form}`
}

/** All at once, so that nobody mends one and meets the next. */
export function throwIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigurationError(`The configuration is wrong:\n${problems.map((problem) => `- ${problem}.`).join('\n')}`)
}
