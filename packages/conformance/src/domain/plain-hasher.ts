import type { PasswordHasher } from '@sallyport/core'

/** Hashes in no time, for tests of everything around hashing. Counts its work, so that equal work can be shown without a stopwatch. */
export interface PlainHasher extends PasswordHasher {
  /** Hashes made or compared so far, whether there was one to compare with or not. */
  work(): number
}

const CURRENT = 'plain2'
const OLD = 'plain1'

/** The weaker form, which a sign-in replaces. */
export function outdatedHash(password: string): string {
  return `${OLD}:${Buffer.from(password).toString('base64url')}`
}

export function plainHasher(): PlainHasher {
  let work = 0
  const encoded = (algorithm: string, password: string): string => `${algorithm}:${Buffer.from(password).toString('base64url')}`
  return {
    work: () => work,
    hash: async (password) => {
      work++
      return encoded(CURRENT, password)
    },
    verify: async (password, stored) => {
      work++
      const current = stored === encoded(CURRENT, password)
      const old = stored === encoded(OLD, password)
      return { matches: current || old, needsRehash: old }
    },
  }
}
