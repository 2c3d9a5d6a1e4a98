/** The little of ioredis that the stores need. `Redis` and `Cluster` have it, and tests can count what passes. */
export interface RedisClient {
  call(command: string, args: string[]): Promise<unknown>
  /** Left out, every command is sent by itself. */
  pipeline?(commands: string[][]): { exec(): Promise<readonly (readonly [error: Error | null, reply: unknown])[] | null> }
  readonly isCluster?: boolean
  /** `end`: it does not connect by itself any more. */
  readonly status?: string
  connect?(): Promise<unknown>
  quit(): Promise<unknown>
  disconnect(): void
}
