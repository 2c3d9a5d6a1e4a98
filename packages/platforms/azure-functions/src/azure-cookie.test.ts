import { InvariantError } from '@sallyport/core'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { azureCookie } from './azure-cookie.ts'

describe('a cookie', () => {
  it('keeps each attribute of its line', () => {
    expect(azureCookie('__Host-sallyport-access=a.b-c_d; Max-Age=300; Path=/; Secure; HttpOnly; SameSite=Lax')).toEqual({
      name: '__Host-sallyport-access',
      value: 'a.b-c_d',
      maxAge: 300,
      path: '/',
      secure: true,
      httpOnly: true,
      sameSite: 'Lax',
    })
    expect(azureCookie('a=b; Expires=Wed, 01 Jan 2031 00:00:00 GMT; Domain=example.com; samesite=strict')).toEqual({
      name: 'a',
      value: 'b',
      expires: new Date('2031-01-01T00:00:00Z'),
      domain: 'example.com',
      sameSite: 'Strict',
    })
  })

  it('that is deleted has no value and the age 0', () => {
    expect(azureCookie('__Host-sallyport-access=; Max-Age=0; Path=/; Secure; HttpOnly; SameSite=Lax')).toMatchObject({ value: '', maxAge: 0 })
  })

  it.each([
    'a=b c',
    'a=b+c',
    'a="b"',
    'a=b%20c',
    'a=ü',
    'a%=b',
    '=b',
    'a',
    '',
    'a=b; Max-Age=soon',
    'a=b; Max-Age=',
    'a=b; Expires=soon',
    'a=b; SameSite=Some',
    'a=b; Partitioned',
    'a=b;Secure',
  ])('that would reach the client as another one is refused: %s', (line) => {
    expect(() => azureCookie(line)).toThrow(InvariantError)
  })

  it('has the value of its line, or is refused', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (value) => {
        let cookie
        try {
          cookie = azureCookie(`a=${value}; Path=/`)
        } catch (error) {
          return error instanceof InvariantError
        }
        return encodeURIComponent(cookie.value) === cookie.value && `a=${value}; Path=/`.startsWith(`a=${cookie.value}`) && cookie.path === '/'
      }),
    )
  })
})
