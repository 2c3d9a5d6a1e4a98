/** What the stores' test helpers take from vitest, for a process that runs no tests: they register a test only to say why an engine is not here. */
export const reasons: string[] = []

interface Register {
  (reason: string): void
  readonly skipIf: () => Register
}

export const it: Register = Object.assign((reason: string) => void reasons.push(reason), { skipIf: () => it })

/** The engines end with the process. */
export function afterAll(): void {}
