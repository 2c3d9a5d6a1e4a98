import { MAX_BODY_BYTES, type HttpRequest } from '@sallyport/http'
import type { AzureRequest } from './azure-message.ts'

/** What goes on arriving after the limit is read and dropped up to here, so that the answer reaches a client that is still sending. */
const DISCARD_BYTES = 1024 * 1024

/**
 * What the client sent, byte for byte, with at most {@link MAX_BODY_BYTES} of it in memory; `null` when there is none, `broken` when it ended before it was whole. The stream is never
 * cancelled: with `enableHttpStream` that would close the connection on which the answer has to go.
 */
export async function requestBody({ body }: AzureRequest): Promise<HttpRequest['body'] | 'broken'> {
  if (body === null) return null
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    const reader = body.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      length += value.byteLength
      if (length <= MAX_BODY_BYTES) chunks.push(value)
      else if (length > DISCARD_BYTES) break
    }
  } catch {
    return 'broken'
  }
  if (length > MAX_BODY_BYTES) return 'too-large'
  return length === 0 ? null : Buffer.concat(chunks, length)
}
