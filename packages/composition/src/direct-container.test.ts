import { randomBytes } from 'node:crypto'
import type { Stores } from '@sallyport/core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Adapters } from './adapters.ts'
import { configuration } from './configuration/configuration.ts'
import * as direct from './direct-container.ts'

const environment = Object.fromEntries(
  ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER'].map((name) => [
    name,
    randomBytes(32).toString('base64'),
  ]),
)
const unused = (): never => expect.unreachable()

function adapters(called: string[]): Adapters {
  const note = <T>(name: string, value: T): T => {
    called.push(name)
    return value
  }
  const close = (name: string) => async (): Promise<void> => note(`close ${name}`, undefined)
  return {
    stores: () => note('stores', { users: {}, sessions: {}, oneTimeTokens: {}, counters: {}, keys: {}, close: close('stores') } as unknown as Stores),
    tokenSigner: () => note('tokenSigner', { generate: unused, importPrivate: unused, sign: unused }),
    tokenVerifier: ({ issuer }) => note(`tokenVerifier of ${issuer}`, { trust: unused, verify: unused }),
    keyWrapper: () => note('keyWrapper', { wrap: unused, unwrap: unused }),
    passwordHasher: () => note('passwordHasher', { hash: unused, verify: unused, close: close('passwordHasher') }),
    commonPasswords: () => note('commonPasswords', { includes: unused }),
    auditLog: () => note('auditLog', { record: unused }),
    reportError: unused,
  }
}

describe('in the place of inversify', () => {
  beforeAll(() => vi.doMock('inversify', () => direct))
  afterAll(() => vi.doUnmock('inversify'))

  it.each(['jwt', 'session'])('puts the same application together, each value once: %s', async (strategy) => {
    const settings = configuration({ ...environment, SALLYPORT_STRATEGY: strategy, SALLYPORT_PUBLIC_URL: 'https://auth.example.test' })
    const seen = async (): Promise<object> => {
      vi.resetModules()
      const [{ compose, containerOf }, tokens] = await Promise.all([import('./compose.ts'), import('./tokens.ts')])
      const called: string[] = []
      const container = containerOf({ settings, adapters: adapters(called) })
      for (const token of Object.values(tokens)) expect(container.get(token as never)).toBe(container.get(token as never))
      const { http, authentication, publicUrl, revocationBoundSeconds, close } = compose({ settings, adapters: adapters(called) })
      await close()
      return {
        called: called.toSorted(),
        paths: http.routes.map(({ path }) => path),
        strategy: authentication.strategy,
        publicUrl,
        revocationBoundSeconds,
      }
    }
    const ours = await seen()
    vi.doUnmock('inversify')
    const theirs = await seen()
    vi.doMock('inversify', () => direct)
    expect(ours).toEqual(theirs)
    expect(ours).toMatchObject({ strategy, publicUrl: 'https://auth.example.test' })
  })
})

describe('the container by itself', () => {
  const [A, B, C] = [Symbol('A'), Symbol('B'), Symbol('C')]

  it('makes parts first, each once, and nothing that nobody asks for', () => {
    const made: string[] = []
    const container = new direct.Container()
    container.load(
      new direct.ContainerModule(({ bind }) => {
        bind(A).toResolvedValue((b, c) => made.push('A') && [b, c], [B, C])
        bind(B).toResolvedValue((c) => made.push('B') && { c }, [C])
        bind(C).toResolvedValue(() => made.push('C') && 'c')
      }),
    )
    expect(made).toEqual([])
    expect(container.get(A)).toEqual([{ c: 'c' }, 'c'])
    expect(container.get(A)).toBe(container.get(A))
    expect(made).toEqual(['C', 'B', 'A'])
  })

  it('refuses what is not bound, bound twice, or needs itself', () => {
    const container = new direct.Container()
    const load = (token: symbol, parts: readonly symbol[]): void =>
      container.load(new direct.ContainerModule(({ bind }) => bind(token).toResolvedValue(() => ({}), parts)))
    load(A, [B])
    expect(() => container.get(A)).toThrow('No binding for Symbol(B)')
    expect(() => load(A, [])).toThrow('Two bindings for Symbol(A)')
    load(B, [C])
    load(C, [B])
    expect(() => container.get(C)).toThrow('needs itself')
  })
})
