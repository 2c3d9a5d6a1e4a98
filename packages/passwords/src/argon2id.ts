import { ConfigurationError, type Random } from '@sallyport/core'
import { timingSafeEqual } from 'node:crypto'
import { passwordBytes, type Pepper } from './pepper.ts'
import type { Scheme } from './stored-hash.ts'

export interface Argon2Parameters {
  readonly memoryKiB: number
  readonly passes: number
  readonly parallelism: number
}

/** The first of OWASP's equivalent choices. @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#argon2id */
export const DEFAULT_ARGON2: Argon2Parameters = { memoryKiB: 19_456, passes: 2, parallelism: 1 }

export interface Argon2idInput extends Argon2Parameters {
  readonly message: Uint8Array
  readonly salt: Uint8Array
  readonly secret: Uint8Array
  readonly tagLength: number
}

export type Argon2idPrimitive = (input: Argon2idInput) => Promise<Uint8Array>

export interface Argon2idHash extends Argon2Parameters {
  readonly keyId: string | null
  readonly salt: Uint8Array
  readonly tag: Uint8Array
}

const SALT_BYTES = 16
const TAG_BYTES = 32

/** A planted or damaged row must not be able to ask for gigabytes or minutes. These bounds leave room for the stronger presets of other libraries. */
const MOST_MEMORY_KIB = 256 * 1024
const MOST_PASSES = 16
const MOST_PARALLELISM = 16
const MOST_KIB_PASSES = 1024 * 1024

const withinBounds = ({ memoryKiB, passes, parallelism }: Argon2Parameters): boolean =>
  [memoryKiB, passes, parallelism].every((value) => Number.isSafeInteger(value) && value >= 1) &&
  memoryKiB >= 8 * parallelism &&
  memoryKiB <= MOST_MEMORY_KIB &&
  passes <= MOST_PASSES &&
  parallelism <= MOST_PARALLELISM &&
  memoryKiB * passes <= MOST_KIB_PASSES

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replaceAll('=', '')

/** `null` for a spelling that `encode` would not produce. */
const decode = (text: string): Uint8Array | null => {
  const bytes = Buffer.from(text, 'base64')
  return encode(bytes) === text ? bytes : null
}

const ENCODED =
  /^\$argon2id\$v=19\$m=([1-9]\d{0,6}),t=([1-9]\d?),p=([1-9]\d?)(?:,keyid=([A-Za-z0-9+/]{8}))?\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/

/**
 * Strict: one spelling for one hash, parameters within bounds; anything else is `null`.
 * @see https://github.com/P-H-C/phc-string-format/blob/master/phc-sf-spec.md
 */
export const parseArgon2id = (encoded: string): Argon2idHash | null => {
  const [, memory = '', passes = '', parallelism = '', keyId = null, saltText = '', tagText = ''] = ENCODED.exec(encoded) ?? []
  const parameters = { memoryKiB: Number(memory), passes: Number(passes), parallelism: Number(parallelism) }
  const salt = decode(saltText)
  const tag = decode(tagText)
  return salt === null || tag === null || !withinBounds(parameters) ? null : { ...parameters, keyId, salt, tag }
}

export const formatArgon2id = ({ memoryKiB, passes, parallelism, keyId, salt, tag }: Argon2idHash): string =>
  `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}${keyId === null ? '' : `,keyid=${keyId}`}$${encode(salt)}$${encode(tag)}`

/**
 * argon2id of RFC 9106 with the pepper as its secret K, which is what K is for (section 3.1). A hash without `keyid` was imported and is checked
 * without a pepper.
 */
export const argon2idScheme = (
  policy: Argon2Parameters,
  { derive, random }: { readonly derive: Argon2idPrimitive; readonly random: Random },
): Scheme => {
  if (!withinBounds(policy)) throw new ConfigurationError('The argon2id parameters are out of bounds')

  const isCurrent = (hash: Argon2idHash): boolean =>
    hash.memoryKiB === policy.memoryKiB &&
    hash.passes === policy.passes &&
    hash.parallelism === policy.parallelism &&
    hash.salt.length >= SALT_BYTES &&
    hash.tag.length === TAG_BYTES

  return {
    async hash(password: string, { keyId, secret }: Pepper) {
      const salt = random.bytes(SALT_BYTES)
      const tag = await derive({ ...policy, message: passwordBytes(password), salt, secret, tagLength: TAG_BYTES })
      return formatArgon2id({ ...policy, keyId, salt, tag })
    },

    read(stored) {
      const hash = parseArgon2id(stored)
      if (hash === null) return null
      const { memoryKiB, passes, parallelism, keyId, salt, tag } = hash
      return {
        keyId,
        current: isCurrent(hash),
        async matches(password, pepper) {
          const secret = pepper?.secret ?? new Uint8Array()
          const message = passwordBytes(password)
          return timingSafeEqual(await derive({ memoryKiB, passes, parallelism, message, salt, secret, tagLength: tag.length }), tag)
        },
      }
    },
  }
}
