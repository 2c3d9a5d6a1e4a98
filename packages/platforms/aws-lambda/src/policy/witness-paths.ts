import { ConfigurationError } from '@sallyport/core'
import type { Segment } from '@sallyport/guard'

/** A set of paths: each item takes a segment of the path, `rest` one or more, at any place. A parameter takes just one. */
export type PathLanguage = readonly Segment[]

export interface Witness {
  readonly path: string
  /** In which of the languages the path is, in their order. */
  readonly within: readonly boolean[]
}

interface State {
  readonly words: readonly string[]
  /** For each language the places that the path so far may have reached, as bits. */
  readonly places: readonly number[]
}

const MOST_ITEMS = 30
const MOST_STATES = 20_000

/**
 * Paths enough to judge all by: every path without empty or dot segments that is in one of the languages lies in the same languages as one of these. They are the states
 * of the automata of all languages, run side by side over the texts that occur and one that does not. Throws `ConfigurationError` (`configuration`) when there are too many.
 */
export function witnessPaths(languages: readonly PathLanguage[]): readonly Witness[] {
  if (languages.some(({ length }) => length > MOST_ITEMS)) throw new ConfigurationError(`A protected route has at most ${MOST_ITEMS - 1} segments.`)
  const unheard = unheardOf(languages)
  const start: State = { words: [], places: languages.map(() => 1) }
  const seen = new Set<string>()
  const found: Witness[] = []
  const open = [start]
  for (let state = open.shift(); state !== undefined; state = open.shift()) {
    for (const text of [...nextTexts(languages, state), unheard]) {
      const places = languages.map((language, index) => step(language, state.places[index] ?? 0, text))
      const key = places.join()
      if (seen.has(key) || places.every((reached) => reached === 0)) continue
      seen.add(key)
      if (seen.size > MOST_STATES) throw new ConfigurationError('The protected routes overlap in too many ways; give them fewer parameters.')
      const words = [...state.words, text]
      const within = languages.map((language, index) => ((places[index] ?? 0) & (1 << language.length)) !== 0)
      if (within.includes(true)) found.push({ path: `/${words.join('/')}`, within })
      open.push({ words, places })
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
function nextTexts(languages: readonly PathLanguage[], { places }: State): ReadonlySet<string> {
  const texts = new Set<string>()
  for (const [index, language] of languages.entries()) {
    for (const [at, item] of language.entries()) {
      if (item.kind === 'fixed' && ((places[index] ?? 0) & (1 << at)) !== 0) texts.add(item.text)
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
