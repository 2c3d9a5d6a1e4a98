import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ACCESS_COOKIE, clearedCookies, presentedCookies, REFRESH_COOKIE, setCookie } from './cookies.ts'

describe('reading', () => {
  const read = (cookie: string | string[]) => presentedCookies({ cookie })
  const none = { access: null, refresh: null }

  it('finds our two cookies among others, in any order', () => {
    expect(read(`a=b; ${ACCESS_COOKIE}=x.y; c="d"; ${REFRESH_COOKIE}=z=`)).toEqual({ access: 'x.y', refresh: 'z=' })
    expect(read(`${REFRESH_COOKIE}=z;${ACCESS_COOKIE}=x`)).toEqual({ access: 'x', refresh: 'z' })
    expect(read([`${REFRESH_COOKIE}=z`, `${ACCESS_COOKIE}=x`])).toEqual({ access: 'x', refresh: 'z' })
    expect(read(`\t ${ACCESS_COOKIE}= x \t;`)).toEqual({ access: 'x', refresh: null })
    expect(presentedCookies({})).toEqual(none)
  })

  it('believes neither of two with one name', () => {
    expect(read(`${ACCESS_COOKIE}=x; ${ACCESS_COOKIE}=y`)).toEqual({ access: '', refresh: null })
    expect(read(`${ACCESS_COOKIE}=x; ${ACCESS_COOKIE}=x; ${REFRESH_COOKIE}=z`)).toEqual({ access: '', refresh: 'z' })
    expect(read([`${ACCESS_COOKIE}=x`, `${ACCESS_COOKIE}=x`])).toEqual({ access: '', refresh: null })
  })

  it.each([
    `\u00a0${ACCESS_COOKIE}=x`,
    `\u2028${ACCESS_COOKIE}=x`,
    `\v${ACCESS_COOKIE}=x`,
    `${ACCESS_COOKIE.toLowerCase()}=x`,
    `__Host-sallyport-access2=x`,
    `${ACCESS_COOKIE} =x`,
    ACCESS_COOKIE,
    `${ACCESS_COOKIE}; a=b`,
    `x${ACCESS_COOKIE}=x`,
    `a="; ${ACCESS_COOKIE}x"`,
    `%5F_Host-sallyport-access=x`,
  ])('does not take %j for ours', (cookie) => {
    expect(read(cookie)).toEqual(none)
  })

  it('never throws, decodes nothing, and reads what a browser sends', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void read(text)))
    const others = fc.array(fc.stringMatching(/^[a-z]{1,5}=[a-z%"]{0,5}$/))
    fc.assert(
      fc.property(others, others, fc.stringMatching(/^[A-Za-z0-9._%-]{1,40}$/), (before, after, token) => {
        expect(read([...before, `${ACCESS_COOKIE}=${token}`, ...after].join('; ')).access).toBe(token)
      }),
    )
  })
})

describe('writing', () => {
  it('never lives beyond the session, nor beyond 400 days', () => {
    const age = (line: string): number => Number(line.match(/Max-Age=(\d+);/)?.[1])
    expect(age(setCookie('n', 'v', 10_999, 1000))).toBe(9)
    expect(age(setCookie('n', 'v', 500, 1000))).toBe(0)
    expect(age(setCookie('n', 'v', 1e15, 0))).toBe(400 * 86_400)
  })

  it('sets what browsers demand of __Host- cookies', () => {
    for (const line of [setCookie(ACCESS_COOKIE, 'v', 2000, 1000), ...clearedCookies]) {
      expect(line).toMatch(/^__Host-[a-z-]+=v?; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
    }
  })

  it('refuses what browsers would drop', () => {
    expect(setCookie('n', 'v'.repeat(4095), 1, 0)).toContain('v'.repeat(4095))
    expect(() => setCookie('n', 'v'.repeat(4096), 1, 0)).toThrow('too large for a cookie')
  })
})
