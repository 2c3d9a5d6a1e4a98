import { randomInt } from 'node:crypto'
import { StoreUnavailableError } from '@sallyport/core'
import { batchedCalls } from './batched-calls.ts'
import { failureOf, isNoScript, NotSent, storeError } from './errors.ts'
import { pendingCalls } from './pending-calls.ts'
import type { RedisClient } from './redis-client.ts'
import type { Script } from './script.ts'

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
  /** Whether one script can touch keys of one slot only. */
  readonly isCluster: boolean
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

/** How soon a client that has ended is connected again, at the earliest. */
const REVIVAL_MS = { least: 100, most: 500 }

/** How long closing waits for answers under way. */
const CLOSING_MS = 1000

export function redisConnection({ client, deadlineMs, maxPending }: ConnectionOptions): Connection {
  const pending = pendingCalls({ limit: maxPending, deadlineMs })
  const call = batchedCalls(client, () => pending.size() === 1)
  let closing: Promise<void> | undefined

  const deadline = (): number => performance.now() + deadlineMs

  /** `close` passes into `end` or a new attempt, but for a cluster that lost connections of an attempt before: it stays there. */
  const hasEnded = (): boolean => client.status === 'end' || client.status === 'close'
  let reviveAt = 0
  /** A cluster client ends when it reaches none of its nodes. It is connected again by the calls that need it. */
  function revive(): void {
    const now = performance.now()
    if (client.connect !== undefined && now >= reviveAt) {
      reviveAt = now + randomInt(REVIVAL_MS.least, REVIVAL_MS.most)
      client.connect().catch(() => {})
    }
    if (hasEnded()) throw new NotSent('The client has no connection.')
  }

  async function command(name: string, args: readonly string[]): Promise<unknown> {
    if (hasEnded()) revive()
    return call(name, [...args])
  }

  function send(attempt: () => Promise<unknown>, { deadline: until = deadline(), isMoot }: Sending): Promise<unknown> {
    return pending.join(attempt, until).catch((error: unknown) => repeat(error, attempt, until, isMoot))
  }

  async function repeat(first: unknown, attempt: () => Promise<unknown>, until: number, isMoot: Sending['isMoot']): Promise<unknown> {
    let error = first
    let lost: unknown = null
    for (let repetition = 0; ; repetition++) {
      const failure = failureOf(error)
      const pause = pauseBefore(repetition)
      if (error instanceof StoreUnavailableError || failure === 'refused' || closing !== undefined || performance.now() + pause >= until) {
        throw storeError(error)
      }
      if (failure === 'lost') lost = error
      await new Promise((resolve) => {
        setTimeout(resolve, pause)
      })
      try {
        const reply = await pending.join(attempt, until)
        if (lost === null || isMoot?.(reply) !== true) return reply
        error = new StoreUnavailableError('The answer of Redis was lost.', { cause: storeError(lost) })
      } catch (next) {
        error = next
      }
    }
  }

  async function evaluated({ lua, sha }: Script, { keys, args }: Evaluation): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args]
    try {
      return await command('EVALSHA', [sha, ...rest])
    } catch (error) {
      if (!isNoScript(error)) throw error
      return command('EVAL', [lua, ...rest])
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
    command: (name, args, sending = {}) => send(() => command(name, args), sending),
    evaluate: (script, evaluation) => send(() => evaluated(script, evaluation), evaluation),
    isCluster: client.isCluster === true,
    deadline,
    close: () => (closing ??= end()),
  }
}

function pauseBefore(repetition: number): number {
  return randomInt(PAUSE_MS.least, Math.min(PAUSE_MS.first * 2 ** repetition, PAUSE_MS.most))
}
