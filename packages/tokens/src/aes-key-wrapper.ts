import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto'
import { ConfigurationError, InvariantError, type KeyWrapper, type Random } from '@sallyport/core'
import { decodeSegment } from './compact-jws.ts'

export interface AesKeyWrapperOptions {
  /** At least 32 bytes from a cryptographic generator, not a passphrase; text counts as UTF-8. */
  readonly secret: string | Uint8Array
  /** Secrets used before, which still open what they sealed but seal nothing. */
  readonly previousSecrets?: readonly (string | Uint8Array)[]
  readonly random: Random
}

const VERSION = 'v1'
const MIN_SECRET_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
/** version.secret.nonce.ciphertext and tag */
const SEALED = /^v1\.([\w-]{11})\.([\w-]{16})\.([\w-]{22,})$/

interface Sealer {
  readonly id: string
  readonly key: Uint8Array
}

/**
 * Seals with AES-256-GCM under a key derived from the secret by HKDF-SHA-256 (RFC 5869). The text is `v1.<id of the secret>.<nonce>.<ciphertext
 * and tag>`; version, secret and kid are authenticated with it, so it opens under no other kid. The id is derived too and tells nothing of the secret.
 *
 * @throws ConfigurationError for a secret under 32 bytes, and from `unwrap` when no configured secret opens the text, damaged or sealed for another kid.
 */
export function aesKeyWrapper({ secret, previousSecrets = [], random }: AesKeyWrapperOptions): KeyWrapper {
  const current = sealer(secret)
  const sealers = new Map([...previousSecrets.map(sealer), current].map((each) => [each.id, each]))

  return {
    async wrap(plain, kid) {
      const nonce = random.bytes(NONCE_BYTES)
      // A repeated or short nonce would give GCM's key stream away.
      if (nonce.length !== NONCE_BYTES) throw new InvariantError('Random returned another number of bytes than asked for.')
      const cipher = createCipheriv('aes-256-gcm', current.key, nonce, { authTagLength: TAG_BYTES })
      cipher.setAAD(boundTo(current, kid))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final(), cipher.getAuthTag()])
      return [VERSION, current.id, Buffer.from(nonce).toString('base64url'), sealed.toString('base64url')].join('.')
    },

    async unwrap(sealed, kid) {
      const [, id = '', nonceText = '', bodyText = ''] = SEALED.exec(sealed) ?? []
      const opener = sealers.get(id)
      const nonce = decodeSegment(nonceText)
      const bytes = decodeSegment(bodyText)
      if (opener === undefined || nonce === null || bytes === null) throw closed()
      const decipher = createDecipheriv('aes-256-gcm', opener.key, nonce, { authTagLength: TAG_BYTES })
      decipher.setAAD(boundTo(opener, kid)).setAuthTag(bytes.subarray(-TAG_BYTES))
      try {
        return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw closed(cause)
      }
    },
  }
}

function sealer(secret: string | Uint8Array): Sealer {
  const bytes = typeof secret === 'string' ? Buffer.from(secret) : secret
  if (bytes.length < MIN_SECRET_BYTES) throw new ConfigurationError(`A secret that seals signing keys has less than ${MIN_SECRET_BYTES} bytes.`)
  const derive = (purpose: string, length: number): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', bytes, '', `sallyport/key-wrapper/${VERSION}/${purpose}`, length))
  return { id: Buffer.from(derive('id', 8)).toString('base64url'), key: derive('key', 32) }
}

function boundTo({ id }: Sealer, kid: string): Buffer {
  return Buffer.from(`${VERSION}.${id}.${kid}`)
}

function closed(cause?: unknown): ConfigurationError {
  return new ConfigurationError('No configured secret opens a sealed signing key: was the secret changed without keeping the previous one?', {
    cause,
  })
}
