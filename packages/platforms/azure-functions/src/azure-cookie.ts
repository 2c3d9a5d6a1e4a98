import { InvariantError } from '@sallyport/core'
import type { AzureCookie } from './azure-message.ts'

const PAIR = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)=(.*)$/

/**
 * A `Set-Cookie` line as the object that the platform makes one from again: several lines under one header name would lose all but the last.
 *
 * @throws InvariantError (`invariant`) for a line that would reach the client as another one: a value that the platform escapes, a name or an attribute it does not know.
 */
export function azureCookie(line: string): AzureCookie {
  const [pair = '', ...attributes] = line.split('; ')
  const [, name = '', value = ''] = PAIR.exec(pair) ?? []
  if (name === '' || encodeURIComponent(name) !== name || encodeURIComponent(value) !== value)
    throw new InvariantError('A cookie has a name or value that Azure Functions would change.')
  const cookie: AzureCookie = { name, value }
  for (const attribute of attributes) addAttribute(cookie, attribute)
  return cookie
}

function addAttribute(cookie: AzureCookie, attribute: string): void {
  const equals = attribute.indexOf('=')
  const value = equals < 0 ? '' : attribute.slice(equals + 1)
  switch ((equals < 0 ? attribute : attribute.slice(0, equals)).toLowerCase()) {
    case 'max-age':
      if (!/^-?\d{1,10}$/.test(value)) throw unknown()
      cookie.maxAge = Number(value)
      return
    case 'expires': {
      const expires = new Date(value)
      if (Number.isNaN(expires.getTime())) throw unknown()
      cookie.expires = expires
      return
    }
    case 'path':
      cookie.path = value
      return
    case 'domain':
      cookie.domain = value
      return
    case 'secure':
      cookie.secure = true
      return
    case 'httponly':
      cookie.httpOnly = true
      return
    case 'samesite':
      cookie.sameSite = sameSite(value)
      return
    default:
      throw unknown()
  }
}

function sameSite(value: string): NonNullable<AzureCookie['sameSite']> {
  const known = (['Strict', 'Lax', 'None'] as const).find((each) => each.toLowerCase() === value.toLowerCase())
  if (known === undefined) throw unknown()
  return known
}

function unknown(): InvariantError {
  return new InvariantError('A cookie has an attribute that Azure Functions cannot send.')
}
