import { ConfigurationError, type Clock, type TokenChecker } from '@sallyport/core'
import { MAX_TOKEN_LENGTH } from '../compact-jws.ts'
import { compactReader } from '../compact-reader.ts'
import { verifiedCache, type CacheLimits } from '../verified-cache.ts'
import { httpsFetch, type FetchKeySet } from './fetch-key-set.ts'
import type { HostedIssuer, HostedPrincipal } from './hosted-issuer.ts'
import { issuerVerifier, type IssuerVerifier, type VerifiedHosted } from './issuer-verifier.ts'
import { keySet, type KeySet, type KeySetSettings } from './key-set.ts'
import { peekIssuer } from './peek-issuer.ts'
import { usableKeys } from './usable-keys.ts'

export interface HostedIssuersOptions extends KeySetSettings {
  /** At least one; `entra` gives several at once. */
  readonly issuers: readonly (HostedIssuer | readonly HostedIssuer[])[]
  readonly clock: Clock
  /** `httpsFetch()` by default. */
  readonly fetchKeySet?: FetchKeySet
  /** How far `iat`, `nbf` and `auth_time` may lie in the future, 0 to 60 whole seconds, 60 by default. `exp` has no leeway. */
  readonly leewaySeconds?: number
  /** A token counts as expired this long after its `iat`, whatever its `exp`: the part of the revocation bound that is in our hands. No limit without it. */
  readonly maxTokenAgeSeconds?: number
  /** 8192 characters by default, at most 16,384: tokens of Entra ID with many groups are that long. */
  readonly maxTokenLength?: number
  /** Without it every call checks the signature. One cache for all issuers, emptied when the keys of any of them change. */
  readonly cache?: CacheLimits
  /** Told every failed fetch of keys, also where the last good set bridges it. */
  readonly onError?: (error: unknown, issuer: string) => void
}

export interface HostedChecker extends TokenChecker {
  /** The exact `iss` of each. */
  readonly issuers: readonly string[]
  /** Whether the token says it is of one of these issuers; that it is true only `check` knows. */
  recognizes(token: string): boolean
  check(token: string): HostedPrincipal | null | Promise<HostedPrincipal | null>
  /** Nobody here keeps sessions: a strict rule lets nobody in with a hosted token. */
  readonly checkStrictly: null
}

interface Checked {
  readonly verifier: IssuerVerifier
  readonly keys: KeySet
}

const MAX_LEEWAY_SECONDS = 60
const LONGEST_TOKEN = 16_384

/**
 * Checks the tokens of hosted services. Which issuer judges a token follows from its `iss`, looked up exactly, and each issuer has its own keys (RFC 8725 section 3.8):
 * a token of one signed with a key of another is worth nothing. Everything that can be judged without keys is judged before any are fetched. While the keys of its issuer
 * cannot be had, a token is neither good nor bad: `check` throws or rejects with `StoreUnavailableError`.
 *
 * @throws ConfigurationError for no issuers, two of one `iss` and limits out of range.
 */
export function hostedIssuers(options: HostedIssuersOptions): HostedChecker {
  const { clock, fetchKeySet = httpsFetch(), onError = () => undefined } = options
  const { maxTokenLength, leewaySeconds, maxAgeSeconds } = limitsOf(options)
  const issuers = options.issuers.flat()
  const reader = compactReader(maxTokenLength)
  const cache = options.cache === undefined ? null : verifiedCache<VerifiedHosted>(options.cache)
  const checked = new Map(
    issuers.map((issuer): [string, Checked] => {
      const verifier = issuerVerifier({ issuer, clock, reader, cache, maxTokenLength, leewaySeconds, maxAgeSeconds })
      const keys = keySet({
        source: issuer.keySet,
        adopt: (found) => verifier.trust(usableKeys(found, issuer.algorithms, issuer.acceptsKey)),
        clock,
        fetchKeySet,
        settings: options,
        onError: (error) => onError(error, issuer.issuer),
      })
      return [issuer.issuer, { verifier, keys }]
    }),
  )
  if (issuers.length === 0 || checked.size !== issuers.length)
    throw new ConfigurationError('Hosted issuers are at least one, each with an iss of its own.')
  const [only = null] = checked.size === 1 ? checked.values() : []

  const checkedBy = (token: string): Checked | null => only ?? checked.get(peekIssuer(token, maxTokenLength) ?? '') ?? null

  const decide = (token: string, { verifier, keys }: Checked): HostedPrincipal | null | Promise<HostedPrincipal | null> => {
    const verification = verifier.verify(token)
    if (!verification.ok && verification.refusal !== 'unknown-key') return null
    const fetching = keys.consult(verification.ok)
    if (fetching !== null) return fetching.then(() => decide(token, { verifier, keys }))
    return verification.ok ? verification.principal : null
  }

  return {
    issuers: [...checked.keys()],
    recognizes: (token) => checked.has(peekIssuer(token, maxTokenLength) ?? ''),
    check: (token) => {
      const by = checkedBy(token)
      return by === null ? null : decide(token, by)
    },
    checkStrictly: null,
  }
}

function limitsOf({ maxTokenLength = MAX_TOKEN_LENGTH, leewaySeconds = MAX_LEEWAY_SECONDS, maxTokenAgeSeconds }: HostedIssuersOptions): {
  readonly maxTokenLength: number
  readonly leewaySeconds: number
  readonly maxAgeSeconds: number
} {
  if (!Number.isInteger(leewaySeconds) || leewaySeconds < 0 || leewaySeconds > MAX_LEEWAY_SECONDS) {
    throw new ConfigurationError(`The leeway for hosted tokens is 0 to ${MAX_LEEWAY_SECONDS} whole seconds.`)
  }
  if (!Number.isInteger(maxTokenLength) || maxTokenLength < 1 || maxTokenLength > LONGEST_TOKEN) {
    throw new ConfigurationError(`Hosted tokens have at most ${LONGEST_TOKEN} characters.`)
  }
  if (maxTokenAgeSeconds !== undefined && (!Number.isSafeInteger(maxTokenAgeSeconds) || maxTokenAgeSeconds < 1)) {
    throw new ConfigurationError('The age of hosted tokens is limited to whole seconds above 0.')
  }
  return { maxTokenLength, leewaySeconds, maxAgeSeconds: maxTokenAgeSeconds ?? Infinity }
}
