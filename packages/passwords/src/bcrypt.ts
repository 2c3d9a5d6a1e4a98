import { ConfigurationError, type Random } from '@sallyport/core'
import { createHmac, timingSafeEqual } from 'node:crypto'
import { passwordBytes, type Pepper } from './pepper.ts'
import type { Scheme } from './stored-hash.ts'

/** PHP's default since 8.4, reasoned there; OWASP asks for 10 or more. @see https://wiki.php.net/rfc/bcrypt_cost_2023 */
export const DEFAULT_BCRYPT_COST = 12

/** The whole hash string for an input of at most 72 bytes and a setting (`$2b$12$` and 22 characters of salt). */
export type BcryptPrimitive = (input: string, setting: string) => Promise<string>

export interface BcryptHash {
  /** `null`: a plain bcrypt hash, imported. */
  readonly keyId: string | null
  readonly cost: number
  readonly setting: string
  readonly digest: string
}

const LEAST_COST = 4
/** Each step doubles the time; 15 is some seconds. A planted hash must not be able to ask for hours. */
const MOST_COST = 15
const SALT_BYTES = 16

const ENCODED = /^(?:\$bcrypt-hmac-sha384\$keyid=([A-Za-z0-9+/]{8})(?=\$2b))?(\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{22})([./A-Za-z0-9]{31})$/

/** Reads our own (`$bcrypt-hmac-sha384$keyid=…$2b$…`) and plain `$2a$`, `$2b$`, `$2y$` hashes; anything else, and a cost out of bounds, is `null`. */
export const parseBcrypt = (encoded: string): BcryptHash | null => {
  const [, keyId = null, setting = '', costText = '', digest = ''] = ENCODED.exec(encoded) ?? []
  const cost = Number(costText)
  return cost < LEAST_COST || cost > MOST_COST ? null : { keyId, cost, setting, digest }
}

const STANDARD = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const BCRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** bcrypt's base64 packs bits like everybody's and only names them otherwise. */
const encodeSalt = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('base64')
    .replaceAll('=', '')
    .replace(/./g, (character) => BCRYPT.charAt(STANDARD.indexOf(character)))

/**
 * bcrypt reads 72 bytes and stops, and implementations in C stop at the first NUL. Our hashes therefore take base64(HMAC-SHA-384(pepper, password)),
 * 64 characters without NUL. @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#pre-hashing-passwords-with-bcrypt
 */
const peppered = (password: string, { secret }: Pepper): string => createHmac('sha384', secret).update(passwordBytes(password)).digest('base64')

export const bcryptScheme = (cost: number, { bcrypt, random }: { readonly bcrypt: BcryptPrimitive; readonly random: Random }): Scheme => {
  if (!Number.isInteger(cost) || cost < LEAST_COST || cost > MOST_COST)
    throw new ConfigurationError(`The bcrypt cost must be ${LEAST_COST} to ${MOST_COST}`)

  return {
    async hash(password, pepper) {
      const setting = `$2b$${String(cost).padStart(2, '0')}$${encodeSalt(random.bytes(SALT_BYTES))}`
      return `$bcrypt-hmac-sha384$keyid=${pepper.keyId}${await bcrypt(peppered(password, pepper), setting)}`
    },

    read(stored) {
      const hash = parseBcrypt(stored)
      if (hash === null) return null
      return {
        keyId: hash.keyId,
        current: hash.keyId !== null && hash.cost === cost,
        async matches(password, pepper) {
          const computed = await bcrypt(pepper === null ? password : peppered(password, pepper), hash.setting)
          const equal = timingSafeEqual(Buffer.from(computed.slice(-hash.digest.length)), Buffer.from(hash.digest))
          // A plain hash of "a" is also one of "a\0a", because bcrypt repeats its NUL-ended key; and lone surrogates have no bytes of their own.
          return equal && (pepper !== null || (!password.includes('\0') && password.isWellFormed()))
        },
      }
    },
  }
}
