import { ConfigurationError, SECOND, StoreUnavailableError, type Clock, type Instant } from '@sallyport/core'
import type { FetchKeySet } from './fetch-key-set.ts'
import type { KeySetSource } from './hosted-issuer.ts'

export interface KeySetSettings {
  /** From this age on a set is fetched anew before it is used: a key that was removed is refused after this long. 600 by default. */
  readonly refreshSeconds?: number
  /** While the issuer cannot be reached its last good set is used for this long at most, then nothing can be checked. 21,600 by default. */
  readonly maxStaleSeconds?: number
  /** The least time from a fetch to the next that an unknown key id causes. 30 by default; 5 always after a fetch that failed. */
  readonly coolDownSeconds?: number
}

/** The keys of one issuer, kept up to date as they are used. No timer runs: functions freeze between two requests. */
export interface KeySet {
  /**
   * Whether the answer about a token stands that the keys at hand gave, when its key was among them (`known`) or was not: `null` when it does, otherwise the fetch after
   * which the token has to be checked again. All that ask meanwhile share one fetch. Throws or rejects with `StoreUnavailableError` when it cannot be told.
   */
  consult(known: boolean): Promise<void> | null
}

export interface KeySetDependencies {
  readonly source: KeySetSource
  /** Takes the keys of a set over. Throws when none of them is usable, and has changed nothing then. */
  readonly adopt: (keys: readonly unknown[]) => void
  readonly clock: Clock
  readonly fetchKeySet: FetchKeySet
  readonly settings: KeySetSettings
  /** Told every failed fetch, also where the last good set bridges it. What it throws is dropped. */
  readonly onError: (error: unknown) => void
}

const RETRY_SECONDS = 5
/** A fetch that was cut off by a freeze may never settle. */
const ABANDONED_MS = 30 * SECOND
const MAX_SECONDS = 604_800
/** The part of `refreshSeconds` after which a set is fetched without anybody waiting, so that in a busy process nobody ever does. */
const EARLY = 0.75

/** @throws ConfigurationError for times out of range, and for keys brought along of which none is usable. */
export function keySet({ source, adopt, clock, fetchKeySet, settings, onError }: KeySetDependencies): KeySet {
  const { refreshMs, maxStaleMs, coolDownMs } = timesOf(settings)
  if ('jwks' in source) {
    adopt(keysIn(source.jwks))
    return { consult: () => null }
  }
  const { url } = source
  let fetchedAt: Instant | null = null
  let tried: { readonly at: Instant; readonly failure: { readonly cause: unknown } | null } | null = null
  let underWay: { readonly startedAt: Instant; readonly done: Promise<void> } | null = null
  let attempts = 0
  /** From when on a set that is due is waited for. After a wait in vain not for a while: the last good set is at hand, and the next wait may be as long. */
  let patientFrom: Instant = 0

  /** An answer that comes after a later fetch was started is not heard. */
  const read = async (startedAt: Instant, attempt: number): Promise<void> => {
    try {
      const text = await fetchKeySet(url)
      if (attempt !== attempts) return
      adopt(keysIn(parsed(text)))
      fetchedAt = startedAt
      // From its end, or a slow fetch would use up its own pause and whoever waited for it start the next at once.
      tried = { at: clock.now(), failure: null }
    } catch (error) {
      if (attempt === attempts) {
        tried = { at: clock.now(), failure: { cause: error } }
      }
      report(error)
      throw unavailable(error)
    } finally {
      if (attempt === attempts) underWay = null
    }
  }

  const report = (error: unknown): void => {
    try {
      onError(error)
    } catch {
      // Whoever waits for the keys learns of the failure in any case.
    }
  }

  /** The fetch under way, or a new one. */
  const fetched = (now: Instant): Promise<void> => {
    if (underWay !== null && Math.abs(now - underWay.startedAt) < ABANDONED_MS) return underWay.done
    attempts++
    const done = read(now, attempts)
    underWay = { startedAt: now, done }
    return done
  }

  /** Distances in time count in both directions: a clock that was set back must not make anything last longer. */
  const mayFetch = (now: Instant): boolean => {
    if (underWay !== null || tried === null) return true
    return Math.abs(now - tried.at) >= (tried.failure === null ? coolDownMs : RETRY_SECONDS * SECOND)
  }

  return {
    consult(known) {
      const now = clock.now()
      const age = fetchedAt === null ? Infinity : Math.abs(now - fetchedAt)
      const isUsable = age < maxStaleMs
      if (!known || !isUsable) {
        if (mayFetch(now)) return fetched(now)
        const failure = tried?.failure ?? null
        if (!isUsable || failure !== null) throw unavailable(failure?.cause)
        return null
      }
      if (age < EARLY * refreshMs || !mayFetch(now)) return null
      const isWaitedFor = age >= refreshMs && now >= patientFrom
      const settled = fetched(now).catch(() => {
        if (isWaitedFor) patientFrom = clock.now() + refreshMs
      })
      return isWaitedFor ? settled : null
    },
  }
}

function unavailable(cause: unknown): StoreUnavailableError {
  return new StoreUnavailableError('The keys of a token issuer cannot be fetched.', { cause, retryAfterSeconds: RETRY_SECONDS })
}

/** The error of `JSON.parse` repeats what it was given: a page, mostly, that nobody meant for a log. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new ConfigurationError('A key set is not JSON.')
  }
}

function keysIn(value: unknown): readonly unknown[] {
  const keys = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : null
  if (!Array.isArray(keys)) throw new ConfigurationError('A key set is an object with a list of keys.')
  return keys
}

function timesOf({ refreshSeconds = 600, maxStaleSeconds = 21_600, coolDownSeconds = 30 }: KeySetSettings): {
  readonly refreshMs: number
  readonly maxStaleMs: number
  readonly coolDownMs: number
} {
  const isWhole = [coolDownSeconds, refreshSeconds, maxStaleSeconds].every(Number.isSafeInteger)
  if (!isWhole || coolDownSeconds < 1 || refreshSeconds < coolDownSeconds || maxStaleSeconds < refreshSeconds || maxStaleSeconds > MAX_SECONDS) {
    throw new ConfigurationError(`Key sets need whole seconds with 1 <= coolDown <= refresh <= maxStale <= ${MAX_SECONDS}.`)
  }
  return { refreshMs: refreshSeconds * SECOND, maxStaleMs: maxStaleSeconds * SECOND, coolDownMs: coolDownSeconds * SECOND }
}
