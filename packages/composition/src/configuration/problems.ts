import { ConfigurationError } from '@sallyport/core'
import type { Variable } from './variable.ts'

export function mustBeSet({ name, kind }: Variable<unknown>): string {
  return `${name} must be set: ${kind.form}`
}

/** All at once, so that nobody mends one and meets the next. */
export function throwIfAny(problems: readonly string[]): void {
  if (problems.length > 0) throw new ConfigurationError(`The configuration is wrong:\n${problems.map((problem) => `- ${problem}.`).join('\n')}`)
}
