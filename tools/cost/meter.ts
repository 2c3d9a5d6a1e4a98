/** What was spent since the last reading: waves of requests, and what the engine bills. */
export interface Spent {
  /**
   * What a caller waits for: times that something was sent after an answer. What is sent side by side is one, and whoever does not wait for all of it is
   * counted by what they wait for.
   */
  readonly roundTrips: number
  readonly billed: Readonly<Record<string, number>>
}

export interface Meter {
  /** Around every request. `bill` adds to what is billed, from the request and its answer. */
  request<Answer>(send: () => Promise<Answer>, bill: (answer: Answer) => Readonly<Record<string, number>>): Promise<Answer>
  /** And starts again. */
  read(): Spent
}

export function meter(): Meter {
  let roundTrips = 0
  let isAnswered = true
  let billed: Record<string, number> = {}
  return {
    async request(send, bill) {
      if (isAnswered) roundTrips++
      isAnswered = false
      try {
        const answer = await send()
        for (const [unit, count] of Object.entries(bill(answer))) billed[unit] = (billed[unit] ?? 0) + count
        return answer
      } finally {
        isAnswered = true
      }
    },
    read() {
      const spent = { roundTrips, billed }
      roundTrips = 0
      isAnswered = true
      billed = {}
      return spent
    },
  }
}
