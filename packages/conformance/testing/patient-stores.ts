import { StoreUnavailableError, type Session, type Stores } from '@sallyport/core'

/** How one call reaches the database. */
export type Send = <Result>(call: () => Promise<Result>) => Promise<Result>

const TRIES = 4
const CALL_MS = 250

/** Tries a few times, each for a moment, with the very same values: the ports recognise their own writes. */
export const patiently: Send = async (call) => {
  let cause: unknown
  for (let tried = 0; tried < TRIES; tried++) {
    try {
      return await within(CALL_MS, call)
    } catch (error) {
      cause = error
    }
  }
  throw new StoreUnavailableError('tried often enough', { cause })
}

async function within<Result>(ms: number, call: () => Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer')), ms)
  })
  try {
    return await Promise.race([call(), late])
  } finally {
    clearTimeout(timer)
  }
}

/** The smallest sound adapter over a wire that fails: what the fault kit passes on, and its mutants are planted into. */
export function patientStores(wire: Stores, send: Send = patiently): Stores {
  const port = <Port extends object>(methods: Port): Port =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]) => [
        name,
        (...values: readonly unknown[]) => send(() => (method as (...values: readonly unknown[]) => Promise<unknown>)(...values)),
      ]),
    ) as Port
  const sessions = port(wire.sessions)
  return {
    users: port(wire.users),
    sessions: {
      ...sessions,
      // In pages, as a database does it; the last call raises the floor and ends what came between.
      async endAll(key) {
        let ended = 0
        for (const { userId, id } of await allButOne(sessions, key)) {
          if (await sessions.end({ userId, sessionId: id, secretHash: null })) ended += 1
        }
        return ended + (await sessions.endAll(key))
      },
    },
    oneTimeTokens: port(wire.oneTimeTokens),
    counters: port(wire.counters),
    keys: port(wire.keys),
    close: () => wire.close(),
  }
}

/** Every live session of the user but the excepted, page by page. */
export async function allButOne(
  sessions: Stores['sessions'],
  { userId, except }: Parameters<Stores['sessions']['endAll']>[0],
): Promise<readonly Session[]> {
  const found: Session[] = []
  for (let cursor: string | null = null; ;) {
    const page = await sessions.list({ userId, limit: 50, cursor })
    found.push(...page.sessions.filter(({ id }) => id !== except))
    cursor = page.cursor
    if (cursor === null) return found
  }
}
