import type { CommonPasswords } from '../ports/common-passwords.ts'

/** Why a new password is refused; told to the caller (OWASP ASVS 6.2.12). */
export type PasswordRefusal = 'too-short' | 'too-long' | 'malformed' | 'common' | 'context' | 'unchanged'

/** Code points after normalisation. */
export const PASSWORD_MAX_CODE_POINTS = 256
/** The lowest minimum a configuration may ask for (NIST SP 800-63B-4 section 3.1.1.2, with a second factor). */
export const PASSWORD_LOWEST_MINIMUM = 8
/** The default minimum: the password is the only factor (NIST SP 800-63B-4 section 3.1.1.2). */
export const PASSWORD_DEFAULT_MINIMUM = 15

export interface PasswordPolicy {
  readonly minimumCodePoints: number
  readonly common: CommonPasswords
  /** Words an attacker would try first here, such as the product's name; at least four characters to count. */
  readonly contextWords: readonly string[]
}

/**
 * The form of a password that is hashed and compared: NFKC, at registration, at change AND at every check. `null` when it cannot be one: lone
 * surrogates, or above {@link PASSWORD_MAX_CODE_POINTS}. Never truncates.
 */
export function normalizePassword(password: string): string | null {
  if (password.length > 4 * PASSWORD_MAX_CODE_POINTS || !password.isWellFormed()) return null
  const normal = password.normalize('NFKC')
  return codePoints(normal) > PASSWORD_MAX_CODE_POINTS ? null : normal
}

/** `null` when the new password is good; any composition and every character is (NIST SP 800-63B-4, OWASP ASVS 6.2.5). */
export function refusePassword(
  password: string,
  person: { readonly email: string; readonly name: string | null },
  policy: PasswordPolicy,
): PasswordRefusal | null {
  if (!password.isWellFormed()) return 'malformed'
  const normal = normalizePassword(password)
  if (normal === null) return 'too-long'
  if (codePoints(normal) < policy.minimumCodePoints) return 'too-short'
  if (policy.common.includes(normal)) return 'common'
  return leansOnContext(normal.toLowerCase(), [...policy.contextWords, ...wordsOf(person.email), ...wordsOf(person.name ?? '')]) ? 'context' : null
}

/** A context word may appear; but what remains without all of them must by itself be as long as the lowest minimum. */
function leansOnContext(password: string, words: readonly string[]): boolean {
  const counted = words.map((word) => word.normalize('NFKC').toLowerCase()).filter((word) => codePoints(word) >= 4)
  const longestFirst = counted.toSorted((a, b) => b.length - a.length)
  const rest = longestFirst.reduce((left, word) => left.replaceAll(word, ''), password)
  return rest !== password && codePoints(rest) < PASSWORD_LOWEST_MINIMUM
}

function wordsOf(text: string): string[] {
  return [text, ...text.split(/[\s@.,_+-]+/u)]
}

function codePoints(text: string): number {
  let count = 0
  for (const _ of text) count++
  return count
}
