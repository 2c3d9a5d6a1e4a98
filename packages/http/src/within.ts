/** What `work` comes to, or `late()` when that is not there in time; what it then comes to is dropped, and an error told to `onLateError`. */
export function within<T>(deadlineMs: number, work: Promise<T>, late: () => T, onLateError: (error: unknown) => void): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  let over = false
  const timer = setTimeout(() => {
    over = true
    resolve(late())
  }, deadlineMs)
  work.then(
    (value) => {
      clearTimeout(timer)
      resolve(value)
    },
    (error: unknown) => {
      clearTimeout(timer)
      if (over) onLateError(error)
      else reject(error)
    },
  )
  return promise
}
