import { ConfigurationError, InvariantError } from '@sallyport/core'
import crypto from 'node:crypto'
import type { Argon2idPrimitive } from './argon2id.ts'

/** argon2id of node:crypto, on libuv's threads. @throws ConfigurationError (`configuration`) before Node 24.7, which has none. */
export const nodeArgon2id = (): Argon2idPrimitive => {
  // A named import would stop an older Node at link time with a message that helps nobody.
  if (typeof crypto.argon2 !== 'function') throw new ConfigurationError('argon2id needs Node 24.7 or newer')
  return ({ message, salt, secret, memoryKiB, passes, parallelism, tagLength }) =>
    new Promise((resolve, reject) => {
      const refuse = (cause: unknown): void => reject(new InvariantError('argon2id failed', { cause }))
      try {
        const parameters = { message, nonce: salt, secret, memory: memoryKiB, passes, parallelism, tagLength }
        crypto.argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : refuse(error)))
      } catch (error) {
        refuse(error)
      }
    })
}
