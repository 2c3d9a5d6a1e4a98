import { describe, expect, it } from 'vitest'
import * as core from './index.ts'
import { ConfigurationError, ConflictError, InvariantError, OverloadedError, SallyportError, StoreUnavailableError } from './errors.ts'

const samples = [
  new ConfigurationError('a'),
  new StoreUnavailableError('b', { cause: new Error('socket') }),
  new OverloadedError('c', 3),
  new ConflictError('d'),
  new InvariantError('e'),
]

describe('errors', () => {
  it('are all there is', () => {
    const exported = Object.values(core).filter(
      (value) => typeof value === 'function' && value.prototype instanceof Error && value !== SallyportError,
    )
    expect(new Set(exported)).toEqual(new Set(samples.map((error) => error.constructor)))
  })

  it('each has its own code, its name and its cause', () => {
    expect(samples.map(({ code, name }) => [name, code])).toEqual([
      ['ConfigurationError', 'configuration'],
      ['StoreUnavailableError', 'store-unavailable'],
      ['OverloadedError', 'overloaded'],
      ['ConflictError', 'conflict'],
      ['InvariantError', 'invariant'],
    ])
    expect(samples[1]?.cause).toBeInstanceOf(Error)
  })

  it('are known across copies of the package', () => {
    expect(samples.every((error) => SallyportError.is(error))).toBe(true)
    expect(SallyportError.is({ isSallyportError: true })).toBe(true)
    expect([null, undefined, 'x', new Error('x'), {}].some((value) => SallyportError.is(value))).toBe(false)
  })
})
