const LEAST_BYTES = 32
/** A random 32 bytes has about twice as much by this estimate, in hexadecimal, base64 and base64url. */
const LEAST_BITS = 100

/** Words that stand in samples, tutorials and placeholders. None of them appears by chance in more than one of a million random secrets. */
const SAMPLE_WORDS: readonly string[] = [
  'changeme',
  'change-me',
  'change_me',
  'secret',
  'password',
  'passwort',
  'example',
  'sample',
  'placeholder',
  'replace',
  'default',
  'dummy',
  'insecure',
  'development',
  'sallyport',
  'letmein',
  'qwerty',
  '123456',
  'abcdef',
  'deadbeef',
  'foobar',
  'your-',
  'your_',
]

/**
 * Why a text is not a secret, as the words after "must be"; `null` when it may be one. Nobody can see randomness in one value, but what people type
 * instead of making a secret can be seen: short texts, words of samples, repetition, rows of the keyboard (RFC 7518 section 3.2, RFC 8725 section 3.5).
 */
export function weaknessOf(text: string): string | null {
  if (secretBytes(text) < LEAST_BYTES) return `at least ${LEAST_BYTES} random bytes: 64 hexadecimal or 43 base64 characters`
  const lower = text.toLowerCase()
  if (SAMPLE_WORDS.some((word) => lower.includes(word))) return 'random, not a sample value'
  if (isPeriodic(text) || isSequence(text) || entropyBits(text) < LEAST_BITS) return 'random: it repeats itself or counts up'
  return null
}

/** How many bytes the text can stand for: decoded where it looks like hexadecimal or base64, otherwise its UTF-8. */
function secretBytes(text: string): number {
  if (/^[0-9a-f]+$/i.test(text)) return Math.floor(text.length / 2)
  if (/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return Math.floor((text.replace(/=+$/, '').length * 3) / 4)
  return Buffer.byteLength(text)
}

function isPeriodic(text: string): boolean {
  for (let period = 1; period <= text.length / 2; period++) if (text.slice(period) === text.slice(0, -period)) return true
  return false
}

/** Half of all neighbours are equal or next to one another; in a random hexadecimal text it is a fifth. */
function isSequence(text: string): boolean {
  let close = 0
  for (let index = 1; index < text.length; index++) if (Math.abs(text.charCodeAt(index) - text.charCodeAt(index - 1)) <= 1) close++
  return close >= (text.length - 1) / 2
}

/** Shannon's estimate from the frequencies of the characters. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>()
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1)
  let bits = 0
  for (const count of counts.values()) bits -= count * Math.log2(count / text.length)
  return bits
}
