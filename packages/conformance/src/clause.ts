/** One numbered promise of a port. Kits are lists of these, so that a test runner registers them and a mutant test counts which of them fail. */
export interface Clause<Trial> {
  /** As the port's documentation cites it: `S11`. */
  readonly id: string
  /** What holds, in one sentence. */
  readonly promise: string
  /** What goes wrong for people where it does not hold. */
  readonly why: string
  /** Resolves when the promise holds; rejects, mostly with an `AssertionError`, when it does not. Leaves nothing behind that another clause could meet. */
  run(trial: Trial): Promise<void>
}
