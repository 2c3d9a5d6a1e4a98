import { singleHeader } from './header.ts'
import { MAX_BODY_BYTES, type HttpHeaders, type HttpRequest } from './http-message.ts'
import { refuse, type Refused } from './reply.ts'
import { parseStrictJson } from './strict-json.ts'

export function bodyIsTooLarge(body: HttpRequest['body']): body is 'too-large' {
  return body === 'too-large' || (body !== null && body.byteLength > MAX_BODY_BYTES)
}

export function bodyIsEmpty(body: Exclude<HttpRequest['body'], 'too-large'>): body is null {
  return body === null || body.byteLength === 0
}

/** The JSON of a request that takes a body; `undefined` for an empty one that may be, which JSON cannot say. */
export function readBody({ headers, body }: HttpRequest, required: boolean): { readonly ok: true; readonly value: unknown } | Refused {
  if (bodyIsTooLarge(body)) return refuse({ code: 'body-too-large' })
  if (bodyIsEmpty(body))
    return required ? refuse({ code: 'malformed-body', detail: 'A JSON object is expected as body.' }) : { ok: true, value: undefined }
  if (!isPlainJson(headers)) return refuse({ code: 'unsupported-media-type' })
  const parsed = parseStrictJson(body)
  return parsed.ok ? parsed : refuse({ code: 'malformed-body', detail: parsed.detail })
}

const JSON_TYPE = /^application\/json[ \t]*(?:;[ \t]*charset=(?:utf-8|"utf-8")[ \t]*)?;?[ \t]*$/i

/** `application/json` in UTF-8, not compressed. Nothing is guessed from the bytes, and no other type is read as JSON: a form cannot send this one across sites. */
function isPlainJson(headers: HttpHeaders): boolean {
  const encoding = singleHeader(headers, 'content-encoding')
  if (encoding !== undefined && encoding?.toLowerCase() !== 'identity') return false
  const type = singleHeader(headers, 'content-type')
  return type === 'application/json' || (typeof type === 'string' && type.length <= 128 && JSON_TYPE.test(type))
}
