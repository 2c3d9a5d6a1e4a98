/** The one account that every candidate has. */
export const ACCOUNT = { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery staple' } as const

/** Everywhere the same and next to nothing: what is measured is the framework around the hash. */
export const TRIVIAL_HASH = {
  hash: (password: string): Promise<string> => Promise.resolve(`plain:${password}`),
  verify: (password: string, hash: string | null): Promise<boolean> => Promise.resolve(hash === `plain:${password}`),
}
