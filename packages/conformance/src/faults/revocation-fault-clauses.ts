import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import { newSession } from '../stores/samples.ts'
import type { FaultTrial, FaultyStores } from './fault-harness.ts'
import type { Subject } from './fault-operation.ts'
import type { FaultKind } from './fault-plan.ts'
import { prepareReading, readingOperations } from './reading-operations.ts'
import { eachOf, told, toldAtLast } from './told.ts'
import { attemptAll, forEver, prepared, writingOperations } from './write-fault-clauses.ts'

const REVOCATIONS: ReadonlySet<string> = new Set(['users.delete', 'sessions.end', 'sessions.endAll', 'oneTimeTokens.endAll', 'keys.retire'])
const revocations = writingOperations.filter(({ name }) => REVOCATIONS.has(name))

/** More than a batch of 25, and more than the largest page of a list. */
const SESSIONS = 120

/** What must not be believed: an end that did not happen, and an absence that is none. */
export const revocationFaultClauses: readonly Clause<FaultTrial>[] = [
  {
    id: 'F8',
    promise:
      'delete, end, endAll and retire report no success that is not there to see, whatever the fault; what they could not do, their repetition does',
    why: 'whoever is told that the thief is out stops looking',
    run: (trial) =>
      attemptAll(trial, revocations, forEver(['refused', 'lost-answer', 'hang'], [0, 1]), async ({ operation, name, opened, subject, call }) => {
        const outcome = await told(trial, name, call)
        if (outcome === 'unavailable') {
          opened.faults.clear()
          const answered = await toldAtLast(trial, name, call)
          assert.ok([operation.answer, ...operation.afterLoss].includes(answered), `${name}, repeated, answered ${answered}`)
        } else {
          // Refused requests have no effect, so nothing but the truth is left to answer.
          assert.ok([operation.answer, ...operation.afterLoss].includes(outcome.answer), `${name} answered ${outcome.answer}`)
        }
        assert.equal(await operation.state(opened.plain, subject), 'done', name)
      }),
  },
  {
    id: 'F9',
    promise: `endAll of ${SESSIONS} sessions that a fault cuts short anywhere fails as unavailable, and its repetition ends what is left`,
    why: 'a page, a batch of 25 or a lost connection must not decide who stays signed in',
    run: (trial) =>
      eachOf(cuts, async ({ kind, times, skip }) => {
        const [{ stores, plain, faults }, { user }] = await prepared(trial, signInOften)
        const name = `endAll (${kind}, ${times} times from request ${skip + 1} on)`
        const endAll = (): Promise<number> => stores.sessions.endAll({ userId: user.id, floor: 2, except: null })
        faults.next(kind, times, skip)
        const outcome = await told(trial, name, endAll)
        faults.clear()
        if (outcome === 'unavailable') await toldAtLast(trial, name, endAll)
        else if (kind === 'refused') assert.equal(outcome.answer, SESSIONS, `${name} tells how many it ended`)
        const { sessions } = await plain.sessions.list({ userId: user.id, limit: 100, cursor: null })
        assert.equal(sessions.length, 0, `${name} left sessions alive`)
        assert.equal((await plain.sessions.create(newSession(trial.clock, user))).outcome, 'credentials-outdated', name)
      }),
  },
  {
    id: 'F10',
    promise: 'a read under faults gives the right answer or fails as unavailable within the deadline: never `null`, never an empty list',
    why: 'an outage that looks like absence signs everybody out, and frees addresses that are taken',
    run: (trial) =>
      eachOf(
        readingOperations.flatMap((operation) => readFaults.map((fault) => ({ ...operation, ...fault }))),
        async ({ name, run, kind, times }) => {
          const [{ stores, faults }, subject] = await prepared(trial, ({ plain }, about) => prepareReading(plain, about))
          faults.next(kind, times)
          const outcome = await told(trial, `${name} (${kind})`, () => run(stores, subject))
          assert.ok(outcome === 'unavailable' || outcome.answer, `${name} (${kind}, ${times} times) answered as if nothing were there`)
          if (kind === 'slow') assert.notEqual(outcome, 'unavailable', `${name} answered late`)
          faults.clear()
          assert.equal(await toldAtLast(trial, name, () => run(stores, subject)), true, `${name} after the fault`)
        },
      ),
  },
]

const cuts: readonly { readonly kind: FaultKind; readonly times: number; readonly skip: number }[] = [
  { kind: 'refused', times: Infinity, skip: 1 },
  { kind: 'refused', times: Infinity, skip: 3 },
  { kind: 'refused', times: 6, skip: 2 },
  { kind: 'lost-answer', times: Infinity, skip: 2 },
]

const readFaults: readonly { readonly kind: FaultKind; readonly times: number }[] = [
  { kind: 'refused', times: Infinity },
  { kind: 'refused', times: 1 },
  { kind: 'throttled', times: Infinity },
  { kind: 'lost-answer', times: Infinity },
  { kind: 'lost-answer', times: 1 },
  { kind: 'hang', times: Infinity },
  { kind: 'slow', times: Infinity },
]

async function signInOften({ plain }: FaultyStores, { user }: Subject): Promise<void> {
  const clock = { now: () => user.createdAt }
  const left = Array.from({ length: SESSIONS }, () => newSession(clock, user)).values()
  await Promise.all(
    Array.from({ length: 24 }, async () => {
      for (const session of left) await plain.sessions.create(session)
    }),
  )
}
