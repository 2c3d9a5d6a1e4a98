/** Runs `work` for each item, `limit` of them at once. Settles when all that was begun is done, and then throws the first failure, after which nothing more was begun. */
export async function atMost<Value>(limit: number, values: readonly Value[], work: (value: Value) => Promise<unknown>): Promise<void> {
  let next = 0
  let failed = false
  async function worker(): Promise<void> {
    while (!failed && next < values.length) {
      const value = values[next++] as Value
      try {
        await work(value)
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  const settled = await Promise.allSettled(Array.from({ length: Math.min(limit, values.length) }, worker))
  for (const result of settled) if (result.status === 'rejected') throw result.reason
}
