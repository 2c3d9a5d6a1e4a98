import { ConfigurationError } from '@sallyport/core'
import type { Segment } from '@sallyport/guard'

/** A set of paths: each item takes a segment of the path, `rest` one or more, at any place. A parameter takes just one. */
export type PathLanguage = readonly Segment[]

export interface Witness {
  readonly path: string
  /** In which of the others the path is, by their places. */
  readonly within: ReadonlySet<number>
}

/** A language that the path so far may still end up in, and the places in it that were reached, as bits. */
type Alive = readonly [index: number, places: number]

const MOST_ITEMS = 30
const MOST_STATES = 5000

/**
 * Paths enough to judge a language by: every path of it, without empty or dot segments, lies in the same of the others as one of these. They are the states of the automata of
 * all, run side by side over the texts that occur and one that does not. Throws `ConfigurationError` (`configuration`) when there are too many.
 */
export function witnessPaths(language: PathLanguage, others: readonly PathLanguage[]): readonly Witness[] {
  const languages = [...others, language]
  const own = others.length
  if (languages.some(({ length }) => length > MOST_ITEMS)) throw new ConfigurationError(`A protected route has at most ${MOST_ITEMS - 1} segments.`)
  const unheard = unheardOf(languages)
  const seen = new Set<string>()
  const found: Witness[] = []
  const open: { readonly words: readonly string[]; readonly alive: readonly Alive[] }[] = [
    { words: [], alive: languages.map((_, index) => [index, 1]) },
  ]
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    for (const text of [...nextTexts(languages, state.alive), unheard]) {
      const alive = state.alive.flatMap(([index, places]): Alive[] => {
        const reached = step(languages[index] ?? [], places, text)
        return reached === 0 ? [] : [[index, reached]]
      })
      const key = alive.join()
      if (seen.has(key) || alive.at(-1)?.[0] !== own) continue
      seen.add(key)
      if (seen.size > MOST_STATES) throw new ConfigurationError('The protected routes overlap in too many ways; give them fewer parameters.')
      const words = [...state.words, text]
      open.push({ words, alive })
      const within = new Set(alive.flatMap(([index, places]) => ((places & (1 << (languages[index]?.length ?? 0))) === 0 ? [] : [index])))
      if (within.delete(own)) found.push({ path: `/${words.join('/')}`, within })
    }
  }
  return found
}

function step(language: PathLanguage, places: number, text: string): number {
  let reached = 0
  for (let at = 0; at <= language.length; at++) {
    if ((places & (1 << at)) === 0) continue
    const [before, next] = [language[at - 1], language[at]]
    if (before?.kind === 'rest') reached |= 1 << at
    if (next !== undefined && (next.kind !== 'fixed' || next.text === text)) reached |= 1 << (at + 1)
  }
  return reached
}

/** The texts that make a difference now. */
function nextTexts(languages: readonly PathLanguage[], alive: readonly Alive[]): ReadonlySet<string> {
  const texts = new Set<string>()
  for (const [index, places] of alive) {
    for (const [at, item] of (languages[index] ?? []).entries()) {
      if (item.kind === 'fixed' && (places & (1 << at)) !== 0) texts.add(item.text)
    }
  }
  return texts
}

function unheardOf(languages: readonly PathLanguage[]): string {
  const heard = new Set(languages.flat().map((item) => (item.kind === 'fixed' ? item.text : '')))
  let text = 'x'
  while (heard.has(text)) text += 'x'
  return text
}
