import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'

/**
 * The headers as Node has parsed them, untouched on the way of nearly every request. Node keeps the first of several `Authorization` and `Content-Type`
 * lines and drops the others, so that we and a proxy in front could believe different ones: those become lists.
 */
export function requestHeaders(message: IncomingMessage): IncomingHttpHeaders {
  const { rawHeaders } = message
  let authorizations = 0
  let contentTypes = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    if (name.length === AUTHORIZATION.length && name.toLowerCase() === AUTHORIZATION) authorizations++
    else if (name.length === CONTENT_TYPE.length && name.toLowerCase() === CONTENT_TYPE) contentTypes++
  }
  if (authorizations < 2 && contentTypes < 2) return message.headers
  return { ...message.headers, ...everyLine(message, AUTHORIZATION, authorizations), ...everyLine(message, CONTENT_TYPE, contentTypes) }
}

const AUTHORIZATION = 'authorization'
const CONTENT_TYPE = 'content-type'

function everyLine(message: IncomingMessage, name: string, count: number): Record<string, string[]> {
  const lines = message.headersDistinct[name]
  return count < 2 || lines === undefined ? {} : { [name]: lines }
}
