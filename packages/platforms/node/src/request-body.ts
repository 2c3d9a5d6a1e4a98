import type { IncomingMessage } from 'node:http'
import { MAX_BODY_BYTES } from '@sallyport/http'

export type ReadBody = Uint8Array | null | 'too-large'

/** Whether the message announces a body; without either header there is none (RFC 9112 section 6.3). */
export function announcesBody(message: IncomingMessage): boolean {
  const { headers } = message
  return (headers['content-length'] !== undefined && headers['content-length'] !== '0') || headers['transfer-encoding'] !== undefined
}

/** Announced longer than we read: known before a byte of it has come. */
export function announcesTooMuch(message: IncomingMessage): boolean {
  return Number(message.headers['content-length'] ?? 0) > MAX_BODY_BYTES
}

/** At most {@link MAX_BODY_BYTES} in memory. `aborted` when the client left before the end. Never rejects. */
export function readBody(message: IncomingMessage): Promise<ReadBody | 'aborted'> {
  if (announcesTooMuch(message)) return Promise.resolve('too-large')
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const settle = (outcome: ReadBody | 'aborted'): void => {
      message.off('data', onData).off('end', onEnd).off('close', onClose)
      resolve(outcome)
    }
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length > MAX_BODY_BYTES) {
        message.pause()
        settle('too-large')
      } else chunks.push(chunk)
    }
    const onEnd = (): void => settle(length === 0 ? null : chunks.length === 1 ? (chunks[0] ?? null) : Buffer.concat(chunks, length))
    const onClose = (): void => settle('aborted')
    message.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}

const LINGER = { bytes: 1024 * 1024, milliseconds: 2000 }

/**
 * Calls `then` when the rest of the body has come, or more of it than anybody sends by accident, or some time has passed. Closing a socket with unread bytes
 * resets it, and the client would lose the answer that tells it why (RFC 9112 section 9.6).
 */
export function discardBody(message: IncomingMessage, then: () => void): void {
  let length = 0
  const finish = (): void => {
    clearTimeout(timer)
    message.off('data', onData).off('end', finish).off('close', finish).pause()
    then()
  }
  const onData = (chunk: Buffer): void => {
    length += chunk.length
    if (length > LINGER.bytes) finish()
  }
  const timer = setTimeout(finish, LINGER.milliseconds)
  if (message.complete && message.readableEnded) finish()
  else message.on('data', onData).on('end', finish).on('close', finish).resume()
}
