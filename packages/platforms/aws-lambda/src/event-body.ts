import { MAX_BODY_BYTES, type HttpRequest } from '@sallyport/http'
import type { LambdaEvent } from './event-shape.ts'

const MAX_BASE64 = Math.ceil(MAX_BODY_BYTES / 3) * 4

/** The bytes of the body; `null` when there is none, `too-large` above {@link MAX_BODY_BYTES}, which is seen before anything is decoded. */
export function eventBody({ event }: LambdaEvent): HttpRequest['body'] {
  const { body, isBase64Encoded } = event
  if (body === undefined || body === null || body === '') return null
  // No byte takes more than one character of UTF-16 in a text.
  if (body.length > (isBase64Encoded === true ? MAX_BASE64 : MAX_BODY_BYTES)) return 'too-large'
  const bytes = Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8')
  return bytes.byteLength > MAX_BODY_BYTES ? 'too-large' : bytes
}
