import type { GoogleRequest } from '../src/google-message.ts'

/** As much of a message as this package looks at, for what no socket is needed for. */
export function googleMessage(headers: { readonly [name: string]: string | readonly string[] }): GoogleRequest {
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) => [value].flat().flatMap((each) => [name, each]))
  return { method: 'POST', url: '/', rawHeaders, socket: {} } as unknown as GoogleRequest
}
