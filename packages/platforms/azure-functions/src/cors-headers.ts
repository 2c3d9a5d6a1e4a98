type Pair = readonly [name: string, value: string]

/** In whatever form a function may give headers to `@azure/functions`: a record, or pairs, which `Headers` are when they are gone through. */
type Given = Iterable<Pair> | Readonly<Record<string, string>> | null | undefined

/** All that `@azure/functions` reads of an answer, beside its headers. */
const READ = ['status', 'body', 'jsonBody', 'cookies', 'enableContentNegotiation'] as const

/**
 * The answer of a guarded function with what lets pages of allowed origins read it. What the function says itself stands, in whatever spelling; `Vary` is said by both. An answer that is no
 * object has no headers. What the function gave is never changed, because headers may be shared by its answers, and those of an answer that was fetched cannot be: the platform takes a plain
 * object for every answer, of its own class as well.
 */
export function withCors<Answer>(answer: Answer, cors: Readonly<Record<string, string>> | undefined): Answer {
  if (cors === undefined || typeof answer !== 'object' || answer === null) return answer
  const own = pairs((answer as { readonly headers?: Given }).headers)
  const said = new Set(own.map(([name]) => name.toLowerCase()))
  const others = own.filter(([name]) => !isVary(name))
  const added = Object.entries(cors).filter(([name]) => !isVary(name) && !said.has(name))
  const vary = union([...own, ...Object.entries(cors)].filter(([name]) => isVary(name)).map(([, value]) => value))
  return { ...answer, ...held(answer), headers: [...others, ...added, ...(vary === '' ? [] : [['vary', vary] as const])] satisfies Given }
}

function pairs(headers: Given): readonly Pair[] {
  if (headers === null || headers === undefined) return []
  return isIterable(headers) ? [...headers] : Object.entries(headers)
}

function isIterable(headers: Iterable<Pair> | Readonly<Record<string, string>>): headers is Iterable<Pair> {
  return typeof (headers as Partial<Iterable<Pair>>)[Symbol.iterator] === 'function'
}

function isVary(name: string): boolean {
  return name.toLowerCase() === 'vary'
}

/** What an answer holds, also one of a class, whose getters are no properties of its own. */
function held(answer: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(READ.filter((name) => name in answer).map((name) => [name, (answer as Readonly<Record<string, unknown>>)[name]]))
}

/** Each name of the lists once, as it was spelled first. */
function union(lists: readonly string[]): string {
  const names = new Map<string, string>()
  for (const name of lists.flatMap((list) => list.split(',')).map((each) => each.trim())) {
    const key = name.toLowerCase()
    if (name !== '' && !names.has(key)) names.set(key, name)
  }
  return [...names.values()].join(', ')
}
