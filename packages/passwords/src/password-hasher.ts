import { ConfigurationError, systemClock, systemRandom, type Clock, type PasswordHasher, type Random } from '@sallyport/core'
import { argon2idScheme, DEFAULT_ARGON2, type Argon2idPrimitive, type Argon2Parameters } from './argon2id.ts'
import { bcryptPool, type BcryptPool } from './bcrypt-pool.ts'
import { bcryptScheme, DEFAULT_BCRYPT_COST } from './bcrypt.ts'
import { defaultConcurrency } from './default-concurrency.ts'
import { gate, type GateStatistics } from './gate.ts'
import { nodeArgon2id } from './node-argon2id.ts'
import { pepper, type Pepper } from './pepper.ts'

export type PasswordAlgorithm = 'argon2id' | 'bcrypt'

export interface PasswordHasherOptions {
  /** What new hashes are made with. Both are always verified. */
  readonly algorithm: PasswordAlgorithm
  /** At least 16 secret bytes, kept apart from the database. Losing them makes every password unusable. */
  readonly pepper: Uint8Array
  /** Peppers of before: their hashes still verify and are then due for a rehash. */
  readonly previousPeppers?: readonly Uint8Array[]
  /** 19456 KiB, 2 passes, 1 lane unless told. OWASP's minimum; weaker ones are for tests. */
  readonly argon2?: Argon2Parameters
  /** 12 unless told; 4 to 15. OWASP asks for 10 or more; weaker ones are for tests. */
  readonly bcryptCost?: number
  /** Hashes at once, over both algorithms. As many as cores unless told, but one fewer than libuv has threads. */
  readonly concurrency?: number
  /** How many may wait; 16 times `concurrency` unless told. */
  readonly maxQueue?: number
  /**
   * A stored hash could not be judged: not supported, or made with a pepper that is not configured. Worth a log line, since the caller sees a wrong
   * password.
   */
  readonly onUnreadable?: (reason: UnreadableReason) => void
  readonly random?: Random
  /** Times the hashes, for the estimate in `Retry-After`. */
  readonly clock?: Clock
}

export type UnreadableReason = 'format' | 'unknown-pepper'

export interface GatedPasswordHasher extends PasswordHasher {
  /** Refuses new work with `OverloadedError`, lets accepted work finish, ends the bcrypt threads. Twice: the same. */
  close(): Promise<void>
  statistics(): GateStatistics
}

const positive = (name: string, value: number, least: number): number => {
  if (!Number.isSafeInteger(value) || value < least) throw new ConfigurationError(`${name} must be a whole number of at least ${least}`)
  return value
}

/** The hasher over given primitives, each call of which is one unit of work. Tests count them. */
export const hasherOver = (
  primitives: { readonly argon2id: Argon2idPrimitive; readonly bcrypt: BcryptPool },
  options: PasswordHasherOptions,
): GatedPasswordHasher => {
  const { random = systemRandom, clock = systemClock, onUnreadable = () => undefined } = options
  const concurrency = positive('concurrency', options.concurrency ?? defaultConcurrency(), 1)
  const hashing = gate({ concurrency, maxQueue: positive('maxQueue', options.maxQueue ?? 16 * concurrency, 0), clock })

  const current = pepper(options.pepper)
  const peppers = new Map<string, Pepper>([...(options.previousPeppers ?? []).map(pepper), current].map((each) => [each.keyId, each]))

  const schemes = {
    argon2id: argon2idScheme(options.argon2 ?? DEFAULT_ARGON2, { derive: primitives.argon2id, random }),
    bcrypt: bcryptScheme(options.bcryptCost ?? DEFAULT_BCRYPT_COST, { bcrypt: primitives.bcrypt.hash, random }),
  }
  const policy = schemes[options.algorithm]
  const other = schemes[options.algorithm === 'argon2id' ? 'bcrypt' : 'argon2id']

  /** The comparison that a stored hash asks for; `null` when there is none to be made. */
  const comparisonWith = (stored: string): { needsRehash: boolean; matches: (password: string) => Promise<boolean> } | null => {
    const ours = policy.read(stored)
    const hash = ours ?? other.read(stored)
    if (hash === null) {
      onUnreadable('format')
      return null
    }
    const made = hash.keyId === null ? null : peppers.get(hash.keyId)
    if (made === undefined) {
      onUnreadable('unknown-pepper')
      return null
    }
    return { needsRehash: ours === null || !hash.current || made !== current, matches: (password) => hash.matches(password, made) }
  }

  return {
    hash: (password) => hashing.run(() => policy.hash(password, current)),

    async verify(password, stored) {
      const comparison = stored === null ? null : comparisonWith(stored)
      return hashing.run(async () => {
        if (comparison === null) {
          // Nothing to compare with, and nobody may see that by the clock.
          await policy.hash(password, current)
          return { matches: false, needsRehash: false }
        }
        const matches = await comparison.matches(password)
        return { matches, needsRehash: matches && comparison.needsRehash }
      })
    },

    async close() {
      await hashing.close()
      await primitives.bcrypt.close()
    },

    statistics: hashing.statistics,
  }
}

/**
 * Hashes by one algorithm, verifies whatever is stored: argon2id and bcrypt, our own and imported ones.
 * @throws ConfigurationError (`configuration`) for a short pepper, parameters out of bounds, or a Node without argon2.
 */
export const passwordHasher = (options: PasswordHasherOptions): GatedPasswordHasher =>
  hasherOver({ argon2id: nodeArgon2id(), bcrypt: bcryptPool() }, options)
