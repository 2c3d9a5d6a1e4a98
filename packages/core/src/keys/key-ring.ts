import { InvariantError, StoreUnavailableError } from '../errors.ts'
import { SECOND, type Instant } from '../instant.ts'
import type { PrivateKey, TokenSigner, TokenVerifier } from '../ports/access-tokens.ts'
import type { Clock } from '../ports/clock.ts'
import type { KeyStore } from '../ports/key-store.ts'
import type { KeyWrapper } from '../ports/key-wrapper.ts'
import type { RecordAudit } from '../audit/record-audit.ts'
import { keyOperations, nextGeneration, type NewGeneration } from './key-operations.ts'
import { keyRoles, type KeyRoles } from './key-roles.ts'
import type { PublicJwk, SignatureAlgorithm, SigningKey } from './signing-key.ts'

export interface KeyRingSettings {
  readonly algorithm: SignatureAlgorithm
  /** A key signs for this long. */
  readonly rotationSeconds: number
  /** A new key is published this long before it signs; at least twice `refreshSeconds`, so that every instance knows it by then. */
  readonly publishLeadSeconds: number
  /** How old an instance's view of the keys may get before it reads them again. A retired key is refused everywhere after this long. */
  readonly refreshSeconds: number
  /** While the store cannot be read the last good view is used for this long at most; then every check is `store-unavailable`. */
  readonly maxStaleSeconds: number
  /** The longest life of an access token, leeway included. */
  readonly tokenLifeSeconds: number
}

export interface KeyRing {
  /** Reads the keys, makes the first or the next generation when it is due. Throws `ConfigurationError` when the current private key does not open, `StoreUnavailableError`. */
  load(): Promise<void>
  /** `null` while the view is young enough; otherwise the reading under way, the same for all that ask meanwhile. */
  refreshIfDue(): Promise<void> | null
  /** The key that signs now. */
  signingKey(): Promise<PrivateKey>
  /** Every public key by which a good token can be checked now or soon; what the key set endpoint shows (RFC 7517). */
  publicKeys(): Promise<readonly PublicJwk[]>
  /** Makes the next generation sign from now on, and publishes it first if there is none. For emergencies: instances learn of it within `refreshSeconds`. */
  promote(): Promise<SigningKey>
  /** Ends a generation at once and erases its private part: a leaked key. When it is the one that signs its successor signs first. Its tokens are refused here now, elsewhere within `refreshSeconds`. `false` when absent. */
  retire(generation: number): Promise<boolean>
}

export interface KeyRingDependencies {
  readonly store: KeyStore
  readonly wrapper: KeyWrapper
  readonly signer: TokenSigner
  readonly verifier: TokenVerifier
  readonly clock: Clock
  readonly audit: RecordAudit
  readonly settings: KeyRingSettings
}

interface View {
  readonly readAt: Instant
  readonly keys: readonly SigningKey[]
}

const RETRY_AFTER_FAILURE_MS = 5 * SECOND

export function keyRing({ store, wrapper, signer, verifier, clock, audit, settings }: KeyRingDependencies): KeyRing {
  const tokenLifeMs = settings.tokenLifeSeconds * SECOND
  const { algorithm } = settings
  const operations = keyOperations({ store, wrapper, signer, clock, audit })
  const privateKeys = new Map<string, Promise<PrivateKey>>()
  let view: View | null = null
  let nextReadAt: Instant = 0
  let reading: Promise<void> | null = null

  const rolesNow = (keys: readonly SigningKey[]): KeyRoles => keyRoles(keys, clock.now(), tokenLifeMs)

  const trusted = (keys: readonly SigningKey[]): readonly PublicJwk[] => {
    const { current, next, previous } = rolesNow(keys)
    return [...(current === null ? [] : [current]), ...next, ...previous].map((key) => key.publicJwk)
  }

  const adopt = (keys: readonly SigningKey[]): void => {
    const now = clock.now()
    view = { readAt: now, keys }
    nextReadAt = now + settings.refreshSeconds * SECOND
    verifier.trust(trusted(keys))
  }

  /** When the generation after the current one has to be published; `null` when it is not time yet. */
  const dueGeneration = (keys: readonly SigningKey[], now: Instant): NewGeneration | null => {
    const generation = nextGeneration(keys)
    const { current, next } = rolesNow(keys)
    if (current === null) return next.length > 0 ? null : { generation, algorithm, activeFrom: now }
    if (next.length > 0) return null
    const lead = settings.publishLeadSeconds * SECOND
    const rotateAt = current.algorithm === algorithm ? current.activeFrom + settings.rotationSeconds * SECOND : now
    return now < rotateAt - lead ? null : { generation, algorithm, activeFrom: Math.max(rotateAt, now + lead) }
  }

  const read = async (): Promise<void> => {
    let keys = await store.list()
    const now = clock.now()
    const due = dueGeneration(keys, now)
    if (due !== null) await operations.make(due)
    const { spent } = rolesNow(keys)
    for (const key of spent) await store.retire(key.generation, now)
    if (due !== null || spent.length > 0) keys = await store.list()
    adopt(keys)
  }

  const startReading = (): Promise<void> => {
    reading ??= read().finally(() => {
      reading = null
    })
    return reading
  }

  /** One that is under way may have looked before what was just changed. */
  const readAgain = async (): Promise<void> => {
    await reading?.catch(() => undefined)
    await startReading()
  }

  /** A store that cannot be read leaves the last good view in force, up to its limit. */
  const refresh = async (): Promise<void> => {
    try {
      await startReading()
    } catch (error) {
      const now = clock.now()
      if (view === null || now >= view.readAt + settings.maxStaleSeconds * SECOND) {
        throw error instanceof StoreUnavailableError ? error : new StoreUnavailableError('The signing keys cannot be read', { cause: error })
      }
      nextReadAt = now + RETRY_AFTER_FAILURE_MS
    }
  }

  const refreshIfDue = (): Promise<void> | null => (clock.now() < nextReadAt ? null : refresh())

  const openKey = (key: SigningKey): Promise<PrivateKey> => {
    const known = privateKeys.get(key.kid)
    if (known !== undefined) return known
    if (key.wrappedPrivateKey === null) throw new InvariantError('A key that signs has its private part')
    const opening = wrapper.unwrap(key.wrappedPrivateKey, key.kid).then((jwk) => signer.importPrivate(jwk, key.publicJwk))
    privateKeys.clear()
    privateKeys.set(key.kid, opening)
    opening.catch(() => privateKeys.delete(key.kid))
    return opening
  }

  const currentView = async (): Promise<View> => {
    await refreshIfDue()
    if (view === null) throw new InvariantError('Keys are loaded before they are used')
    return view
  }

  const signingKey = async (): Promise<PrivateKey> => {
    const { current } = rolesNow((await currentView()).keys)
    if (current === null) throw new StoreUnavailableError('No signing key is usable yet')
    return openKey(current)
  }

  return {
    load: async () => {
      await startReading()
      await signingKey()
    },
    refreshIfDue,
    signingKey,
    publicKeys: async () => trusted((await currentView()).keys),
    promote: async () => {
      const promoted = await operations.promote({ at: clock.now(), algorithm })
      await readAgain()
      return promoted
    },
    retire: async (generation) => {
      const ended = await operations.retire([generation], algorithm)
      await readAgain()
      return ended.length > 0
    },
  }
}
