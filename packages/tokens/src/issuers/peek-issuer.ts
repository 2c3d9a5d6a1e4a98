import { decodeObject } from '../compact-jws.ts'

/** The `iss` of a compact JWS as the token itself has it, unverified: good for choosing who is to check it and for nothing else. `null` when there is none. */
export function peekIssuer(token: string, maxTokenLength: number): string | null {
  if (typeof token !== 'string' || token.length > maxTokenLength) return null
  const headerEnd = token.indexOf('.')
  const payloadEnd = token.indexOf('.', headerEnd + 1)
  if (headerEnd < 1 || payloadEnd < 0) return null
  const issuer = decodeObject(token.slice(headerEnd + 1, payloadEnd))?.['iss']
  return typeof issuer === 'string' ? issuer : null
}
