import { dictionary } from '@zxcvbn-ts/language-common'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { commonPasswords, commonPasswordsFrom } from './common-passwords.ts'

const common = commonPasswords()

it('knows at least 10,000 passwords of 8 and more characters', () => {
  const long = dictionary['passwords-common'].filter((word) => word.length >= 8)
  expect(long.length).toBeGreaterThanOrEqual(10_000)
  expect(long.filter((word) => !common.includes(word))).toEqual([])
})

it('compares in NFKC and lower case', () => {
  for (const spelling of ['BASEBALL', 'Baseball', 'ｂａｓｅｂａｌｌ', 'baſeball']) expect(common.includes(spelling)).toBe(true)
})

it.each([
  'passwordpassword',
  'password password',
  'PasswordPasswordPassword!',
  '12345678password',
  'michael19851985',
  'Football2024!!!',
  'sunshinebaseball',
  'qwertyuiop12345!',
  'aaaaaaaaaaaaaaa',
  '123451234512345',
  'abcdefghijklmno',
  'ponmlkjihgfedcba',
  'zaq1xsw2cde3vfr4',
  'x7q!x7q!x7q!x7q!',
  'a'.repeat(256),
])('counts %s as common, since it is stretched from next to nothing', (password) => {
  expect(common.includes(password)).toBe(true)
})

it.each([
  'correcthorsebatterystaple',
  'dragonmonkeyhockey',
  'my cat eats green plums',
  'tr0ub4dor&3abcdefg',
  'zwölf Boxkämpfer jagen Viktor',
  'куплю гараж недорого',
  '合言葉はとても長いものです本当に',
  'aaaaaaaaaaaaaaaakQ7#vd',
])('does not count %s as common', (password) => {
  expect(common.includes(password)).toBe(false)
})

it('refuses no random password of 15 characters', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z0-9]{15}$/), (password) => new Set(password).size < 9 || !common.includes(password)),
    { numRuns: 300 },
  )
})

it('throws at no string', () => {
  const anyString = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 60 }).map((points) => String.fromCodePoint(...points))
  const stretched = fc.array(fc.constantFrom('a', 'password', '19', '99', 'qwe', '\ud83d', '\0', 'İ', 'ﬃ')).map((parts) => parts.join(''))
  fc.assert(fc.property(fc.oneof(anyString, stretched), (password) => typeof common.includes(password) === 'boolean'))
})

it('loads its list at the first question, and only then', () => {
  let loads = 0
  const { includes } = commonPasswordsFrom(() => {
    loads += 1
    return ['grünspecht']
  })
  expect(loads).toBe(0)
  expect([includes('Grünspecht'), includes('buntspecht')]).toEqual([true, false])
  expect(loads).toBe(1)
})

it('asks again for a list that could not be loaded', () => {
  let loads = 0
  const { includes } = commonPasswordsFrom(() => {
    loads += 1
    if (loads === 1) throw new Error('no list')
    return ['grünspecht']
  })
  expect(() => includes('x')).toThrow('no list')
  expect(includes('grünspecht')).toBe(true)
})
