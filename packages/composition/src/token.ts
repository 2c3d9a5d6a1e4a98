import 'reflect-metadata/lite'
import type { ServiceIdentifier } from 'inversify'

/**
 * A key of the container for values of type `T`. Always made by this function: a constant that is annotated and initialised with a bare `Symbol()`
 * narrows to `symbol`, and then binds to anything without a word from the compiler.
 */
export function token<T>(name: string): ServiceIdentifier<T> {
  return Symbol(name)
}
