/** What a server tells the bench when it listens; then it answers every message with the CPU time it has used, and ends when the bench does. */
export interface ServerReady {
  readonly port: number
  readonly path: string
  /** Of somebody who is signed in. */
  readonly headers: Readonly<Record<string, string>>
  /** Only of ours: what the bare server needs to do the same work. */
  readonly jwk?: object
}

export function reportServer(ready: ServerReady): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage()
    process.send?.(user + system)
  })
  process.on('disconnect', () => process.exit())
  process.send?.(ready)
}
