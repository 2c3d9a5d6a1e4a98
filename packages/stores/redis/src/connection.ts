import { randomInt } from 'node:crypto'
import { StoreUnavailableError } from '@sallyport/core'
import { failureOf, isNoScript, storeError } from './errors.ts'
import { pendingCalls } from './pending-calls.ts'
import type { Script } from './script.ts'

/** The little of ioredis that the stores need. `Redis` and `Cluster` have it, and tests can count what passes. */
export interface RedisClient {
  call(command: string, args: string[]): Promise<unknown>
  quit(): Promise<unknown>
  disconnect(): void
}

export interface Sending {
  /** By `performance.now()`; that of {@link Connection.deadline} when left out. Given where one operation of a port is several calls. */
  readonly deadline?: number
  /** Whether this answer says nothing when the call is a repetition, because the attempt whose answer was lost may have caused it. Left out: every answer counts. */
  readonly isMoot?: (reply: unknown) => boolean
}

export interface Evaluation extends Sending {
  readonly keys: readonly string[]
  readonly args: readonly string[]
}

/**
 * Calls with a deadline. What failed is repeated until then: everything sent here can be repeated, because the ports recognise their own writes. Rejects with
 * `StoreUnavailableError` when Redis does not answer in time, fails, or more calls wait than it may be, and with `InvariantError` for a command that is wrong.
 */
export interface Connection {
  command(name: string, args: readonly string[], sending?: Sending): Promise<unknown>
  /** Runs the script by its digest; where Redis does not know it (first use, restart, `SCRIPT FLUSH`, failover) by its text, which teaches it. */
  evaluate(script: Script, evaluation: Evaluation): Promise<unknown>
  /** For an operation that begins now. */
  deadline(): number
  /** Ends the client. Twice: the same. */
  close(): Promise<void>
}

export interface ConnectionOptions {
  readonly client: RedisClient
  readonly deadlineMs: number
  readonly maxPending: number
}

/** Doubles with every repetition; jittered, so that instances do not come back in step (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/). */
const PAUSE_MS = { least: 5, first: 30, most: 300 }

/** How long closing waits for answers under way. */
const CLOSING_MS = 1000

export function redisConnection({ client, deadlineMs, maxPending }: ConnectionOptions): Connection {
  const pending = pendingCalls({ limit: maxPending, deadlineMs })
  let closing: Promise<void> | undefined

  const deadline = (): number => performance.now() + deadlineMs

  async function send(call: () => Promise<unknown>, sending: Sending): Promise<unknown> {
    const { deadline: until = deadline(), isMoot } = sending
    let lost: unknown
    for (let attempt = 0; ; attempt++) {
      try {
        const reply = await pending.join(call, until)
        if (lost !== undefined && isMoot?.(reply) === true)
          throw new StoreUnavailableError('The answer of Redis was lost.', { cause: storeError(lost) })
        return reply
      } catch (error) {
        const failure = failureOf(error)
        const pause = pauseBefore(attempt)
        if (error instanceof StoreUnavailableError || failure === 'refused' || closing !== undefined || performance.now() + pause >= until)
          throw storeError(error)
        if (failure === 'lost') lost = error
        await new Promise((resolve) => {
          setTimeout(resolve, pause)
        })
      }
    }
  }

  async function evaluated({ lua, sha }: Script, { keys, args }: Evaluation): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await client.call('EVALSHA', [sha, ...rest])
    } catch (error) {
      if (!isNoScript(error)) throw error
      return client.call('EVAL', [lua, ...rest])
    }
  }

  async function end(): Promise<void> {
    pending.close()
    let timer: NodeJS.Timeout | undefined
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, CLOSING_MS)
    })
    // A client that is closed already, or cannot reach Redis any more, is as good as closed.
    await Promise.race([client.quit().catch(() => {}), late])
    clearTimeout(timer)
    client.disconnect()
  }

  return {
    command: (name, args, sending = {}) => send(() => client.call(name, [...args]), sending),
    evaluate: (script, evaluation) => send(() => evaluated(script, evaluation), evaluation),
    deadline,
    close: () => (closing ??= end()),
  }
}

function pauseBefore(attempt: number): number {
  return randomInt(PAUSE_MS.least, Math.min(PAUSE_MS.first * 2 ** attempt, PAUSE_MS.most))
}
