import { InvariantError, StoreUnavailableError, type Random } from '@sallyport/core'
import { atMost } from './at-most.ts'
import { DynamoError, type CancellationReason } from './dynamo-error.ts'
import type { DynamoTransport, InputOf, Item, OperationName, OutputOf, TransactItem, WriteRequest } from './dynamo-transport.ts'
import { isCancelled, isConditionFailed, isPassing, isPassingReason, isUncertain, storeError } from './errors.ts'

export type ConditionalWrite = 'PutItem' | 'UpdateItem' | 'DeleteItem'
export type Attempted<Name extends ConditionalWrite> =
  { readonly applied: true; readonly output: OutputOf<Name> } | { readonly applied: false; readonly item: Item | null; readonly uncertain: boolean }

/** DynamoDB as one port operation sees it: what passes by itself was repeated, all within one deadline. */
export interface Calls {
  /** Sends an operation until it is answered. Whoever calls must be able to tell a write of their own from another's. */
  <Name extends OperationName>(operation: Name, input: InputOf<Name>): Promise<OutputOf<Name>>
  /**
   * Sends a conditional write; when its condition fails, `applied` is false and `item` what it met, `null` when nothing. `uncertain`: an earlier
   * try was not answered and may be the very reason, which only matters to writes that cannot be recognised afterwards.
   */
  attempt<Name extends ConditionalWrite>(operation: Name, input: InputOf<Name>): Promise<Attempted<Name>>
  /**
   * Commits all or nothing. A cancelled transaction is judged by position: `judge` sees only conditions that failed, up to the first item about which nothing is known, and
   * answers what that means, or `undefined` when it has to be tried again. A repetition after a lost answer carries the token of the first, so that it lands once.
   */
  transact<Verdict>(
    items: readonly TransactItem[],
    judge: (reasons: readonly CancellationReason[]) => Verdict | undefined,
  ): Promise<'committed' | Verdict>
  /** What a query gives, page by page, to its end. */
  pages(query: InputOf<'Query'>): AsyncGenerator<readonly Item[]>
  /** The items of at most 100 keys, in no order, until none is left unprocessed; those that are not there are left out. */
  readAll(tableName: string, keys: readonly Item[]): Promise<readonly Item[]>
  /** Deletes, 25 in a batch, until none is left unprocessed. */
  deleteAll(tableName: string, keys: readonly Item[]): Promise<void>
  /** A part of a longer operation is done: the deadline counts anew from here. */
  progress(): void
}

export interface Patience {
  /** Runs one port operation; whatever it throws is one of the core's errors. */
  operation<Result>(work: (calls: Calls) => Promise<Result>): Promise<Result>
  /** The operation that is one consistent read of one item, and what it means; `null`: there is none. */
  read<Result>(TableName: string, Key: Item, meaning: (item: Item | null) => Result): Promise<Result>
}

/** The time of one port operation. */
interface Deadline {
  at: number
}

export interface PatienceOptions {
  readonly transport: DynamoTransport
  readonly random: Random
  /** How long an operation may go on without an answer that brings it forward. */
  readonly deadlineMs: number
  /** How long one request may take, of those the deadline leaves room for. */
  readonly requestTimeoutMs: number
}

const BATCH = 25
const BATCHES_AT_ONCE = 4
const FIRST_PAUSE_MS = 25
const LONGEST_PAUSE_MS = 1000

/** Repeats what fails in passing, with pauses of full jitter (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/). */
export function patience({ transport, random, deadlineMs, requestTimeoutMs }: PatienceOptions): Patience {
  return {
    async operation(work) {
      try {
        return await work(callsUntil())
      } catch (error) {
        throw storeError(error)
      }
    },
    async read(TableName, Key, meaning) {
      try {
        const { Item } = await call(fromNow(), 'GetItem', { TableName, Key, ConsistentRead: true })
        return meaning(Item ?? null)
      } catch (error) {
        throw storeError(error)
      }
    },
  }

  function fromNow(): Deadline {
    return { at: performance.now() + deadlineMs }
  }

  function once<Name extends OperationName>(deadline: Deadline, operation: Name, input: InputOf<Name>): Promise<OutputOf<Name>> {
    return transport.call(operation, input, { timeoutMs: Math.max(1, Math.min(requestTimeoutMs, deadline.at - performance.now())) })
  }

  async function call<Name extends OperationName>(
    deadline: Deadline,
    operation: Name,
    input: InputOf<Name>,
    onPassing?: (error: unknown) => void,
  ): Promise<OutputOf<Name>> {
    for (let tries = 0; ; tries++) {
      try {
        return await once(deadline, operation, input)
      } catch (error) {
        if (!isPassing(error)) throw error
        onPassing?.(error)
        await pause(deadline, tries, error)
      }
    }
  }

  /** Waits before the next try; throws when that would be after the deadline. */
  async function pause(deadline: Deadline, tries: number, cause: unknown): Promise<void> {
    const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** tries)
    const [high = 0, low = 0] = random.bytes(2)
    const ms = 1 + (longest * (high * 256 + low)) / 65_536
    if (ms >= deadline.at - performance.now()) {
      throw new StoreUnavailableError('DynamoDB did not answer in time, or refused again and again.', { cause })
    }
    await new Promise<void>((resolve) => setTimeout(resolve, ms))
  }

  function callsUntil(): Calls {
    const deadline = fromNow()

    async function attempt<Name extends ConditionalWrite>(operation: Name, input: InputOf<Name>): Promise<Attempted<Name>> {
      let uncertain = false
      const onPassing = (error: unknown): void => {
        uncertain ||= isUncertain(error)
      }
      try {
        return { applied: true, output: await call(deadline, operation, input, onPassing) }
      } catch (error) {
        if (isConditionFailed(error)) return { applied: false, item: error.item, uncertain }
        throw error
      }
    }

    async function transact<Verdict>(
      TransactItems: readonly TransactItem[],
      judge: (reasons: readonly CancellationReason[]) => Verdict | undefined,
    ): Promise<'committed' | Verdict> {
      let ClientRequestToken = freshToken()
      for (let tries = 0; ; tries++) {
        try {
          await once(deadline, 'TransactWriteItems', { TransactItems, ClientRequestToken })
          return 'committed'
        } catch (error) {
          if (isCancelled(error)) {
            const verdict = judgeKnown(error, judge)
            if (verdict !== undefined) return verdict
            // It certainly did not land, so the next try is another request; only an open outcome keeps its token.
            ClientRequestToken = freshToken()
          } else if (!isPassing(error)) throw error
          await pause(deadline, tries, error)
        }
      }
    }

    async function* pages(query: InputOf<'Query'>): AsyncGenerator<readonly Item[]> {
      for (let start: Item | undefined, more = true; more; more = start !== undefined) {
        const page: OutputOf<'Query'> = await call(deadline, 'Query', start === undefined ? query : { ...query, ExclusiveStartKey: start })
        progress()
        yield page.Items ?? []
        start = page.LastEvaluatedKey
      }
    }

    async function readAll(tableName: string, keys: readonly Item[]): Promise<readonly Item[]> {
      const items: Item[] = []
      for (let wanted = keys, tries = 0; wanted.length > 0; tries++) {
        const answer = await call(deadline, 'BatchGetItem', { RequestItems: { [tableName]: { Keys: wanted, ConsistentRead: true } } })
        items.push(...(answer.Responses?.[tableName] ?? []))
        const unprocessed = answer.UnprocessedKeys?.[tableName]?.Keys ?? []
        if (unprocessed.length < wanted.length) progress()
        wanted = unprocessed
        if (wanted.length > 0) await pause(deadline, tries, new DynamoError('UnprocessedKeys', { status: 200 }))
      }
      return items
    }

    async function deleteAll(tableName: string, keys: readonly Item[]): Promise<void> {
      const batches = Array.from({ length: Math.ceil(keys.length / BATCH) }, (_, index) => keys.slice(index * BATCH, (index + 1) * BATCH))
      await atMost(BATCHES_AT_ONCE, batches, async (batch) => {
        let requests: readonly WriteRequest[] = batch.map((Key) => ({ DeleteRequest: { Key } }))
        for (let tries = 0; ; tries++) {
          const { UnprocessedItems } = await call(deadline, 'BatchWriteItem', { RequestItems: { [tableName]: requests } })
          const unprocessed = UnprocessedItems?.[tableName] ?? []
          if (unprocessed.length < requests.length) progress()
          requests = unprocessed
          if (requests.length === 0) return
          await pause(deadline, tries, new DynamoError('UnprocessedItems', { status: 200 }))
        }
      })
    }

    function progress(): void {
      deadline.at = performance.now() + deadlineMs
    }

    const plain: <Name extends OperationName>(operation: Name, input: InputOf<Name>) => Promise<OutputOf<Name>> = (operation, input) =>
      call(deadline, operation, input)
    return Object.assign(plain, { attempt, transact, pages, readAll, deleteAll, progress })
  }

  function freshToken(): string {
    return Buffer.from(random.bytes(16)).toString('base64url')
  }
}

/** Conditions that failed before the first item whose fate is open mean something; whatever stands behind it may be an effect of the very same contention. */
function judgeKnown<Verdict>(cancelled: DynamoError, judge: (reasons: readonly CancellationReason[]) => Verdict | undefined): Verdict | undefined {
  const { reasons } = cancelled
  const open = reasons.findIndex(({ code }) => isPassingReason(code))
  const known = open === -1 ? reasons : reasons.slice(0, open)
  const failed = known.find(({ code }) => code !== 'None')
  if (failed === undefined) {
    if (open === -1) throw new InvariantError('A transaction was cancelled without a reason.', { cause: cancelled })
    return undefined
  }
  if (known.some(({ code }) => code !== 'None' && code !== 'ConditionalCheckFailed')) {
    throw new InvariantError('DynamoDB refused an item of a transaction.', { cause: cancelled })
  }
  return judge(known)
}
