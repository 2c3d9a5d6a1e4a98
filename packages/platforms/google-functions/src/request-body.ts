import { InvariantError } from '@sallyport/core'
import { MAX_BODY_BYTES, type HttpRequest } from '@sallyport/http'
import type { GoogleRequest } from './google-message.ts'

export type RequestBody = HttpRequest['body']

/**
 * What the client sent, byte for byte: the framework's `rawBody`, or the stream where nobody has read it; `null` when there is none, `too-large` above
 * {@link MAX_BODY_BYTES}, `aborted` when the client left before the end. A value and not a promise where nothing had to be waited for. Never rejects.
 *
 * @throws InvariantError (`invariant`) when a parser has consumed the body and kept no `rawBody`: what it made of it is not what was sent.
 */
export function requestBody(request: GoogleRequest): RequestBody | 'aborted' | Promise<RequestBody | 'aborted'> {
  const { rawBody } = request
  if (rawBody !== undefined) return rawBody.byteLength > MAX_BODY_BYTES ? 'too-large' : rawBody.byteLength === 0 ? null : rawBody
  const length = announcedLength(request)
  if (length === 0) return null
  if (length > MAX_BODY_BYTES) return 'too-large'
  if (request.readableEnded) throw new InvariantError('A parser in front has consumed the body and kept no rawBody.')
  // Its 'close' has come already.
  return request.destroyed ? 'aborted' : readStream(request)
}

/** By the lines as they came, because {@link keepBodiesRaw} hides these two from the framework. Infinite for no number. 0 when no body was announced (RFC 9112 section 6.3). */
function announcedLength({ rawHeaders }: GoogleRequest): number {
  let length = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase()
    if (name === 'transfer-encoding') return 1
    if (name === 'content-length') length = Number(rawHeaders[index + 1])
  }
  return Number.isNaN(length) ? Number.POSITIVE_INFINITY : length
}

function readStream(request: GoogleRequest): Promise<RequestBody | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const onData = (chunk: Buffer): void => {
      length += chunk.length
      if (length <= MAX_BODY_BYTES) chunks.push(chunk)
      // Flows on into nothing, so that the answer reaches a client that is still sending; the platform ends that at 32 MiB.
      else settle('too-large')
    }
    const onEnd = (): void => settle(length === 0 ? null : Buffer.concat(chunks, length))
    const onClose = (): void => settle('aborted')
    const settle = (body: RequestBody | 'aborted'): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose).resume()
      resolve(body)
    }
    request.on('data', onData).on('end', onEnd).on('close', onClose)
  })
}
