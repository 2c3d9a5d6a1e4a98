import type { Clock } from '@sallyport/core'

/** What a gateway keeps of its authorizer: whole answers by key, for so many seconds from when they were given, and no errors. */
export interface GatewayCache<Answer> {
  get(key: string, ask: () => Promise<Answer>): Promise<Answer>
  /** How often it had to ask. */
  readonly asked: () => number
}

export function gatewayCache<Answer>(clock: Clock, ttlSeconds: number, ownTtl?: (answer: Answer) => number): GatewayCache<Answer> {
  const kept = new Map<string, { readonly answer: Answer; readonly until: number }>()
  let asked = 0
  return {
    asked: () => asked,
    get: async (key, ask) => {
      const found = kept.get(key)
      if (found !== undefined && clock.now() < found.until) return found.answer
      asked++
      // What Lambda hands over is JSON.
      const answer = JSON.parse(JSON.stringify(await ask())) as Answer
      const seconds = ownTtl?.(answer) ?? ttlSeconds
      if (seconds > 0) kept.set(key, { answer, until: clock.now() + seconds * 1000 })
      return answer
    },
  }
}
