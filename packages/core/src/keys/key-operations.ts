import { ConfigurationError } from '../errors.ts'
import type { Instant } from '../instant.ts'
import type { TokenSigner } from '../ports/access-tokens.ts'
import type { Clock } from '../ports/clock.ts'
import type { KeyStore } from '../ports/key-store.ts'
import type { KeyWrapper } from '../ports/key-wrapper.ts'
import type { RecordAudit } from '../audit/record-audit.ts'
import { keyRoles } from './key-roles.ts'
import type { SignatureAlgorithm, SigningKey } from './signing-key.ts'

export interface NewGeneration {
  readonly generation: number
  readonly algorithm: SignatureAlgorithm
  /** Published at once, signs from this instant on. */
  readonly activeFrom: Instant
}

export interface Promotion {
  /** The successor signs from this instant on. */
  readonly at: Instant
  /** Of the successor, if one has to be made. */
  readonly algorithm: SignatureAlgorithm
}

/**
 * What instances do with the generations when it is due, and operators in an emergency. Nothing is decided by who comes first: at once with one another, and repeated after an
 * answer was lost, they converge on the same generations. All throw `StoreUnavailableError`; then it may have happened in part, and is completed by doing it again.
 */
export interface KeyOperations {
  /** Makes the generation, unless there is one of that number already. Throws what the wrapper throws; then nothing has changed. */
  make(next: NewGeneration): Promise<void>
  /**
   * Makes the generation that waits sign from `at` on, or a new one when none waits. One that is to sign earlier stays as it is. Twice: the same while `at` is to come, another
   * generation after it. Throws `ConfigurationError` when the generation was retired meanwhile, and what the wrapper throws; then nothing has changed.
   */
  promote(promotion: Promotion): Promise<SigningKey>
  /**
   * Ends the generations at once and erases their private parts: leaked keys. When the one that signs is among them another signs first: the one that waits, unless it is to end too, or a
   * new one of this algorithm. Twice: the same, and nobody else signs. Answers those of them that there are. Throws what the wrapper throws; then nothing has changed.
   */
  retire(generations: readonly number[], algorithm: SignatureAlgorithm): Promise<readonly number[]>
}

export interface KeyOperationsDependencies {
  readonly store: KeyStore
  readonly wrapper: Pick<KeyWrapper, 'wrap'>
  readonly signer: Pick<TokenSigner, 'generate'>
  readonly clock: Clock
  readonly audit: RecordAudit
}

/** No clock that anybody works with is further ahead than ten minutes. */
const CLOCKS_APART_MS = 10 * 60 * 1000

export function keyOperations({ store, wrapper, signer, clock, audit }: KeyOperationsDependencies): KeyOperations {
  const make = async ({ generation, algorithm, activeFrom }: NewGeneration): Promise<void> => {
    const { publicJwk, privateJwk } = await signer.generate(algorithm)
    const { kid } = publicJwk
    const wrappedPrivateKey = await wrapper.wrap(privateJwk, kid)
    const key: SigningKey = { generation, kid, algorithm, publicJwk, wrappedPrivateKey, createdAt: clock.now(), activeFrom, retiredAt: null }
    if ((await store.insert(key)) === 'inserted') await audit({ name: 'key.created', reason: `generation-${generation}` })
  }

  const advance = async (keys: readonly SigningKey[], { at, algorithm }: Promotion, except: readonly number[]): Promise<SigningKey> => {
    const waiting = keyRoles(keys, clock.now(), Infinity).next.find((key) => !except.includes(key.generation))
    if (waiting !== undefined && waiting.activeFrom <= at) return waiting
    const generation = waiting?.generation ?? nextGeneration(keys)
    if (waiting === undefined) await make({ generation, algorithm, activeFrom: at })
    // Also one that was just made: an instance that made the same generation first has it sign on another day.
    const isGood = await store.promote(generation, at)
    const promoted = (await store.list()).find((key) => key.generation === generation)
    if (!isGood || promoted === undefined) throw new ConfigurationError('The promoted generation was retired meanwhile')
    await audit({ name: 'key.promoted', reason: `generation-${generation}` })
    return promoted
  }

  return {
    make,
    promote: async (promotion) => advance(await store.list(), promotion, []),
    retire: async (generations, algorithm) => {
      const keys = await store.list()
      const { current } = keyRoles(keys, clock.now(), Infinity)
      if (current !== null && generations.includes(current.generation)) {
        // Past by the clock of every instance, also where this one is ahead; but not as old as the one it replaces, or its own rotation would be due at once.
        const at = Math.max(current.activeFrom, clock.now() - CLOCKS_APART_MS)
        await advance(keys, { at, algorithm }, generations)
      }
      const ended: number[] = []
      for (const generation of generations) {
        if (!(await store.retire(generation, clock.now()))) continue
        ended.push(generation)
        await audit({ name: 'key.retired', reason: `generation-${generation}` })
      }
      return ended
    },
  }
}

/** Above all there ever were: a number is never used again. */
export function nextGeneration(keys: readonly SigningKey[]): number {
  return Math.max(0, ...keys.map((key) => key.generation)) + 1
}
