/**
 * Long passwords that need no guessing: with a minimum of 15 characters most listed passwords are too short to be chosen, so people stretch them.
 * A password is trivial when it can be put together at a price of at most four:
 * - a listed word costs 2;
 * - a run of three or more (`aaaa`, `4567`, `fedcba`, `qwerty`), a year, or any other single character costs 1;
 * - saying a piece again at once is free, and so is repeating the whole (`abc1abc1abc1abc1` costs what `abc1` costs).
 * So "passwordpassword", "michael19851985", "qwertyuiop12345!", "sunshinebaseball" and "Football2024!!!" are trivial; three words are not.
 */
export const isTrivial = (password: string, isListed: (word: string) => boolean): boolean => {
  const text = smallestPeriod(password)
  const cheapest = new Map<number, number>([[0, 0]])
  const reach = (end: number, price: number): unknown => cheapest.set(end, Math.min(cheapest.get(end) ?? Infinity, price))
  // Every piece ends behind its start, so a position's price is final when its turn comes; few positions are reachable at so low a price.
  for (let at = 0; at < text.length; at += 1) {
    const price = cheapest.get(at) ?? Infinity
    if (price >= AFFORDABLE) continue
    for (const [length, cost] of piecesAt(text, at, isListed)) {
      if (price + cost > AFFORDABLE) continue
      reach(at + length, price + cost)
      reach(endOfRepetition(text, at, length), price + cost)
    }
  }
  return cheapest.has(text.length)
}

const AFFORDABLE = 4
const WORD = 2
const FILLER = 1
const SHORTEST_WORD = 3
const LONGEST_WORD = 24
const SHORTEST_RUN = 3
const YEAR = /^(?:19|20)\d\d/

/** Lengths and prices of what may stand here. */
const piecesAt = (text: string, at: number, isListed: (word: string) => boolean): [length: number, cost: number][] => {
  const pieces: [number, number][] = [[1, FILLER]]
  const run = runLength(text, at)
  // A run may take the first letter of the word behind it ("abcdefghello"): it is offered without its end, too.
  for (const length of [run, run - 1]) if (length >= SHORTEST_RUN) pieces.push([length, FILLER])
  if (YEAR.test(text.slice(at, at + 4))) pieces.push([4, FILLER])
  const longest = Math.min(LONGEST_WORD, text.length - at)
  for (let length = SHORTEST_WORD; length <= longest; length += 1) if (isListed(text.slice(at, at + length))) pieces.push([length, WORD])
  return pieces
}

const endOfRepetition = (text: string, at: number, length: number): number => {
  const piece = text.slice(at, at + length)
  let end = at + length
  while (text.startsWith(piece, end)) end += length
  return end
}

/** The shortest beginning that, repeated and cut, gives the whole: `abcabcab` has `abc`; `word word` has `word `, its last blank cut off. */
const smallestPeriod = (text: string): string => {
  for (let period = 1; period <= (text.length + 1) / 2; period += 1) if (text.startsWith(text.slice(0, -period), period)) return text.slice(0, period)
  return text
}

const ROWS = [
  '`1234567890-=',
  'qwertyuiop[]',
  "asdfghjkl;'",
  'zxcvbnm,./',
  '!@#$%^&*()_+',
  'qwertzuiop',
  'yxcvbnm',
  'azertyuiop',
  'qsdfghjklm',
  'wxcvbn',
]
const COLUMNS = ['1qaz', '2wsx', '3edc', '4rfv', '5tgb', '6yhn', '7ujm', '8ik,', '9ol.', '0p;/']
const LINES = [...ROWS, ...COLUMNS]
/** Pairs of keys that lie beside each other, for each way along a line. */
const FORWARD: ReadonlySet<string> = new Set(
  LINES.flatMap((line) =>
    Array.from(line)
      .slice(1)
      .map((key, index) => line.charAt(index) + key),
  ),
)
const BACKWARD: ReadonlySet<string> = new Set(
  LINES.flatMap((line) =>
    Array.from(line)
      .slice(1)
      .map((key, index) => key + line.charAt(index)),
  ),
)

/** How far one and the same step goes from here: the same character, the next or previous code, or the next or previous key. */
const runLength = (text: string, at: number): number => {
  const along = (isStep: (from: number) => boolean): number => {
    let end = at + 1
    while (end < text.length && isStep(end - 1)) end += 1
    return end - at
  }
  const byCode = [0, 1, -1].map((step) => along((from) => text.charCodeAt(from + 1) - text.charCodeAt(from) === step))
  const byKey = [FORWARD, BACKWARD].map((pairs) => along((from) => pairs.has(text.slice(from, from + 2))))
  return Math.max(...byCode, ...byKey)
}
