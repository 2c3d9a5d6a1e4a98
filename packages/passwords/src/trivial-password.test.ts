import { expect, it } from 'vitest'
import { isTrivial } from './trivial-password.ts'

const words = new Set(['dragon', 'monkey', 'hello', 'hellohe'])
const trivial = (password: string): boolean => isTrivial(password, (word) => words.has(word))

it.each([
  ['one word', 'dragon', true],
  ['two words', 'dragonmonkey', true],
  ['three words', 'dragonmonkeyhello', false],
  ['a word again and again, and another', 'dragondragondragonmonkey', true],
  ['a word and two characters', 'dragonx7', true],
  ['a word and three characters', 'dragonx7q', false],
  ['three characters and a word', 'x7qdragon', false],
  ['a word between runs', '123dragon9876', true],
  ['a word, a year and a run', 'monkey1999!!!', true],
  ['a year that is none', 'dragon1899', false],
  ['a run whose last letter begins the word behind it', 'abcdefghello', true],
  ['four characters', 'x7q!', true],
  ['five characters', 'x7q!k', false],
  ['five characters, repeated', 'x7q!kx7q!kx7q!k', false],
  ['a repetition cut short', 'x7qx7qx7qx7qx', true],
  ['a run each way along a row of keys', 'qwertytrewq', true],
  ['a descending run', '987654321', true],
])('%s: %s', (_, password, expected) => {
  expect(trivial(password)).toBe(expected)
})

it('asks for few words, however long and repetitive the password', () => {
  for (const password of [`${'a'.repeat(255)}b`, `${'dragonmonkey'.repeat(21)}x`, `${'12345678'.repeat(31)}zx`, `${'abc'.repeat(84)}zx`]) {
    let asked = 0
    isTrivial(password, (word) => {
      asked += 1
      return words.has(word) || /^(?:a+|(?:abc)+|1234|12345678)$/.test(word)
    })
    expect(asked).toBeLessThan(2_000)
  }
})
