import { ConfigurationError } from '@sallyport/core'
import { createHmac } from 'node:crypto'

/** A secret that enters every hash of ours and is kept apart from the database, so that a stolen table alone cannot be guessed at. */
export interface Pepper {
  /** Stands in the hash, to tell which pepper it was made with. Eight base64 characters; says nothing about the secret. */
  readonly keyId: string
  readonly secret: Uint8Array
}

const SHORTEST_PEPPER = 16

/** @throws ConfigurationError (`configuration`) for a pepper under 16 bytes. */
export const pepper = (secret: Uint8Array): Pepper => {
  if (secret.length < SHORTEST_PEPPER) throw new ConfigurationError(`A password pepper needs at least ${SHORTEST_PEPPER} bytes`)
  return { keyId: createHmac('sha256', secret).update('sallyport password pepper id').digest().subarray(0, 6).toString('base64'), secret }
}

/**
 * The bytes of a password, different for different passwords. UTF-8 turns every lone surrogate into U+FFFD, so a string that has one is kept as
 * UTF-16 behind a byte that UTF-8 never contains.
 */
export const passwordBytes = (password: string): Uint8Array =>
  password.isWellFormed() ? Buffer.from(password, 'utf8') : Buffer.concat([Buffer.of(0xff), Buffer.from(password, 'utf16le')])
