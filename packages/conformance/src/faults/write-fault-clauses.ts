import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import { newUserId } from '../stores/samples.ts'
import type { FaultTrial, FaultyStores } from './fault-harness.ts'
import { newSubject, type FaultOperation, type Subject } from './fault-operation.ts'
import type { FaultKind } from './fault-plan.ts'
import { otherOperations } from './other-operations.ts'
import { sessionOperations } from './session-operations.ts'
import { eachOf, inTurn, told, toldAtLast } from './told.ts'
import { userOperations } from './user-operations.ts'

/** Every writing call but `count`, which alone is allowed to happen twice. */
export const writingOperations: readonly FaultOperation[] = [...userOperations, ...sessionOperations, ...otherOperations]

export interface Planned {
  readonly kind: FaultKind
  readonly times: number
  readonly skip: number
}

interface Attempt {
  readonly operation: FaultOperation
  /** For messages: what was called, and what befell it. */
  readonly name: string
  readonly opened: FaultyStores
  readonly subject: Subject
  call(): Promise<string>
}

/** Opens an empty store with what the call needs; the connection is up before anything is planned. */
export async function prepared(
  trial: FaultTrial,
  given: (opened: FaultyStores, subject: Subject) => Promise<unknown>,
): Promise<readonly [FaultyStores, Subject]> {
  return inTurn(async () => {
    const opened = await trial.open()
    const subject = newSubject(trial.clock)
    await given(opened, subject)
    await opened.stores.users.find(newUserId(trial.clock))
    return [opened, subject]
  })
}

/** Each operation under each plan, each on an empty store of its own. */
export async function attemptAll(
  trial: FaultTrial,
  operations: readonly FaultOperation[],
  plans: readonly Planned[],
  check: (attempt: Attempt) => Promise<void>,
): Promise<void> {
  const combinations = operations.flatMap((operation) => plans.map((plan) => ({ operation, plan })))
  await eachOf(combinations, async ({ operation, plan: { kind, times, skip } }) => {
    const [opened, subject] = await prepared(trial, ({ plain }, about) => operation.given(plain, about))
    opened.faults.next(kind, times, skip)
    const name = `${operation.name} (${kind}, ${times} times from request ${skip + 1} on)`
    await check({ operation, name, opened, subject, call: () => operation.run(opened.stores, subject) })
  })
}

/** For each writing call of a port, whatever the fault. */
export const writeFaultClauses: readonly Clause<FaultTrial>[] = [
  {
    id: 'F1',
    promise:
      'a write whose answer was lost is recognised as one’s own, by the adapter or when the caller repeats it with the same ids: it is done exactly once, and nobody is told otherwise',
    why: 'a false `identity-taken` locks somebody out of their own address, a false `changed-meanwhile` undoes their change, a burnt token is their only link',
    run: (trial) =>
      attemptAll(trial, writingOperations, lost, async ({ operation: { answer, afterLoss, state }, name, opened, subject, call }) => {
        const answered = await toldAtLast(trial, name, call)
        assert.ok([answer, ...afterLoss].includes(answered), `${name} answered ${answered}`)
        assert.equal(await state(opened.plain, subject), 'done', name)
      }),
  },
  {
    id: 'F2',
    promise: 'a write that is refused or throttled a few times is done, or fails as unavailable and has left nothing',
    why: 'a database under load refuses now and then; half an account or half a change would stay for ever',
    run: (trial) =>
      attemptAll(trial, writingOperations, inPassing, async ({ operation: { answer, state }, name, opened, subject, call }) => {
        const outcome = await told(trial, name, call)
        if (outcome !== 'unavailable') assert.equal(outcome.answer, answer, name)
        assert.equal(await state(opened.plain, subject), outcome === 'unavailable' ? 'undone' : 'done', name)
      }),
  },
  {
    id: 'F3',
    promise: 'a write that is refused or throttled for ever fails as unavailable within the deadline, and nothing has happened',
    why: 'a success that was never stored is lost data; an error of another kind becomes a 500 that nobody tries again',
    run: (trial) =>
      attemptAll(trial, writingOperations, forEver(['refused', 'throttled'], [0]), async ({ operation: { state }, name, opened, subject, call }) => {
        const outcome = await told(trial, name, call)
        assert.equal(outcome, 'unavailable', name)
        assert.equal(await state(opened.plain, subject), 'undone', name)
      }),
  },
  {
    id: 'F4',
    promise: 'a write that a fault cuts short is whole or not there; only what works in pages may be done in part, and then fails as unavailable',
    why: 'an old token that is dead before the new one lives, or an address given up before the other is taken, leaves people without a way in',
    run: (trial) =>
      attemptAll(
        trial,
        writingOperations,
        forEver(['refused'], [1, 2]),
        async ({ operation: { answer, inPages, state }, name, opened, subject, call }) => {
          const outcome = await told(trial, name, call)
          if (outcome !== 'unavailable') assert.equal(outcome.answer, answer, name)
          const now = await state(opened.plain, subject)
          assert.ok(now === 'done' || (outcome === 'unavailable' && (inPages || now === 'undone')), `${name} left ${now}`)
        },
      ),
  },
  {
    id: 'F5',
    promise: 'a write that nobody answers fails as unavailable within the deadline',
    why: 'requests that hang hold memory and connections until the process is full, and the caller never learns to try again',
    run: (trial) =>
      attemptAll(trial, writingOperations, forEver(['hang'], [0]), async ({ operation: { state }, name, opened, subject, call }) => {
        assert.equal(await told(trial, name, call), 'unavailable', name)
        assert.equal(await state(opened.plain, subject), 'undone', name)
      }),
  },
  {
    id: 'F6',
    promise: 'a write that is answered late, but within the deadline, gives its right answer',
    why: 'a slow hour would otherwise be an outage',
    run: (trial) =>
      attemptAll(trial, writingOperations, forEver(['slow'], [0]), async ({ operation: { answer, state }, name, opened, subject, call }) => {
        assert.deepEqual(await told(trial, name, call), { answer }, name)
        assert.equal(await state(opened.plain, subject), 'done', name)
      }),
  },
  {
    id: 'F7',
    promise: 'when the faults are over every write works again on the same handle, and one that failed is completed by its repetition',
    why: 'an outage that only a restart ends lasts until somebody wakes up',
    run: (trial) =>
      attemptAll(trial, writingOperations, forEver(['refused', 'lost-answer'], [0]), async (attempt) => {
        const { operation, name, opened, subject, call } = attempt
        await told(trial, name, call)
        opened.faults.clear()
        const answered = await toldAtLast(trial, name, call)
        assert.ok([operation.answer, ...operation.afterLoss].includes(answered), `${name} answered ${answered}`)
        assert.equal(await operation.state(opened.plain, subject), 'done', name)
      }),
  },
]

const lost: readonly Planned[] = [
  { kind: 'lost-answer', times: 1, skip: 0 },
  { kind: 'lost-answer', times: 1, skip: 1 },
  { kind: 'lost-answer', times: 3, skip: 0 },
]

const inPassing: readonly Planned[] = [
  { kind: 'refused', times: 1, skip: 0 },
  { kind: 'throttled', times: 3, skip: 0 },
]

export function forEver(kinds: readonly FaultKind[], skips: readonly number[]): readonly Planned[] {
  return kinds.flatMap((kind) => skips.map((skip) => ({ kind, times: Infinity, skip })))
}
