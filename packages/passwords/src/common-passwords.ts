import type { CommonPasswords } from '@sallyport/core'
import { createRequire } from 'node:module'
import { isTrivial } from './trivial-password.ts'

/**
 * Judges against a list of lower-case words, loaded once at the first question. A password counts as common when it is on the list, or no more than
 * listed words, runs and repetition (`isTrivial`).
 * Throws what `load` throws, at every question until it succeeds.
 */
export const commonPasswordsFrom = (load: () => Iterable<string>): CommonPasswords => {
  let words: ReadonlySet<string> | null = null
  return {
    includes(password) {
      words ??= new Set(load())
      const listed = words
      const candidate = password.normalize('NFKC').toLowerCase()
      return listed.has(candidate) || isTrivial(candidate, (word) => listed.has(word))
    },
  }
}

/**
 * The 49,000 passwords and 7,800 dictionary words of @zxcvbn-ts/language-common. 430 kB (225 kB gzip): a function whose size matters ships them, or
 * another list, as a file of its own through `commonPasswordsFrom`, and this function then leaves its bundle.
 */
export const commonPasswords = (): CommonPasswords =>
  commonPasswordsFrom(() => {
    // Synchronous and late: a bundler sees `require` and wraps the list so that it costs nothing until then; plain Node modules have no `require`.
    const { dictionary } = (
      typeof require === 'function' ? require('@zxcvbn-ts/language-common') : createRequire(import.meta.url)('@zxcvbn-ts/language-common')
    ) as typeof import('@zxcvbn-ts/language-common')
    return [...dictionary['passwords-common'], ...dictionary['diceware-common']]
  })
