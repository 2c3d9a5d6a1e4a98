/* What the modules of this package use of inversify, and nothing else, for bundles in which every kilobyte is read at a cold start: the builds of the apps put it in the place of the package.
   Everything else runs on inversify, by which the bindings are typed and proven; a test runs them through both. */

type Token = symbol

interface Binding {
  readonly make: (...parts: readonly unknown[]) => unknown
  readonly parts: readonly Token[]
}

type Bind = (token: Token) => {
  readonly toConstantValue: (value: unknown) => void
  readonly toResolvedValue: (make: Binding['make'], parts?: readonly Token[]) => void
}

type Load = (options: { readonly bind: Bind }) => void

/** One concern's bindings. */
export class ContainerModule {
  readonly load: Load

  constructor(load: Load) {
    this.load = load
  }
}

/** Each value is made once, when it is first asked for, and its parts before it. Throws for a token that nobody bound, that two bound, or that needs itself. */
export class Container {
  readonly #bindings = new Map<Token, Binding>()
  readonly #values = new Map<Token, unknown>()
  readonly #making = new Set<Token>()

  load(module: ContainerModule): void {
    const bind = (token: Token, make: Binding['make'], parts: readonly Token[]): void => {
      if (this.#bindings.has(token)) throw new Error(`Two bindings for ${String(token)}`)
      this.#bindings.set(token, { make, parts })
    }
    module.load({
      bind: (token) => ({
        toConstantValue: (value) => bind(token, () => value, []),
        toResolvedValue: (make, parts = []) => bind(token, make, parts),
      }),
    })
  }

  get(token: Token): unknown {
    if (this.#values.has(token)) return this.#values.get(token)
    const binding = this.#bindings.get(token)
    if (binding === undefined) throw new Error(`No binding for ${String(token)}`)
    if (this.#making.has(token)) throw new Error(`${String(token)} needs itself`)
    this.#making.add(token)
    const value = binding.make(...binding.parts.map((part) => this.get(part)))
    this.#making.delete(token)
    this.#values.set(token, value)
    return value
  }
}
