/** What was spent since the last reading: waves of requests, and what the engine bills. */
export interface Spent {
  /** Times that something was sent while nothing was under way: what a caller waits for. */
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
  let underWay = 0
  let billed: Record<string, number> = {}
  return {
    async request(send, bill) {
      if (underWay++ === 0) roundTrips++
      try {
        const answer = await send()
        for (const [unit, count] of Object.entries(bill(answer))) billed[unit] = (billed[unit] ?? 0) + count
        return answer
      } finally {
        underWay--
      }
    },
    read() {
      const spent = { roundTrips, billed }
      roundTrips = 0
      billed = {}
      return spent
    },
  }
}
