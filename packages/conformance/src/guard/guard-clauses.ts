import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import type { GuardKitAnswer, GuardTrial } from './guard-harness.ts'
import { expectedOf, guardCases, type GuardCase } from './guard-requests.ts'

/** Compares as far as the rendering can tell; one that cannot say why still has to refuse. */
async function assertVerdict({ ask, tokens, harness }: GuardTrial, row: GuardCase): Promise<void> {
  const answer = await ask({ method: row.method, path: row.path, headers: row.headers(tokens) })
  const expected = expectedOf(row, harness, tokens)
  const who = expected === 'nobody' ? null : (tokens.userIds as Readonly<Record<string, string | undefined>>)[expected]
  if (who !== undefined) assert.deepEqual(answer, { allowed: true, userId: who })
  else assertRefused(answer, expected)
}

function assertRefused(answer: GuardKitAnswer, refusal: string): void {
  assert.ok(!answer.allowed, `let in instead of refused (${refusal})`)
  if (refusal !== 'undeclared' && answer.refusal !== 'refused') assert.equal(answer.refusal, refusal)
}

const row = (id: string): GuardCase => {
  const found = guardCases.find((each) => each.id === id)
  assert.ok(found !== undefined, `there is no case ${id}`)
  return found
}

/** Each row of the table, and what needs time or an outage. */
export const guardClauses: readonly Clause<GuardTrial>[] = [
  ...guardCases.map((each) => ({
    id: each.id,
    promise: `${each.what}: ${each.method} ${each.path} is ${each.expected}`,
    why: 'the same request is let in by one gateway and refused by another',
    run: (trial: GuardTrial) => assertVerdict(trial, each),
  })),
  {
    id: 'GO1',
    promise: 'while no store answers nobody is let in where one has to be asked, and nobody is told that the credential is bad',
    why: 'an outage opens the door, or signs everybody out',
    run: async (trial) => {
      trial.breakStores(true)
      const strict = await trial.ask({ method: 'DELETE', path: '/vault', headers: { authorization: `Bearer ${trial.tokens.admin}` } })
      assertRefused(strict, 'unavailable')
      trial.breakStores(false)
      await assertVerdict(trial, row('GR11'))
    },
  },
  {
    id: 'GO2',
    promise: 'what needs no store works while none answers',
    why: 'an outage closes doors that it does not concern',
    run: async (trial) => {
      trial.breakStores(true)
      await assertVerdict(trial, row('GC3'))
      await assertVerdict(trial, row('GH3'))
    },
  },
  {
    id: 'GT1',
    promise: 'a token is refused from the instant on at which it expires',
    why: 'an old token goes on working at one of the gateways',
    run: async (trial) => {
      await assertVerdict(trial, row('GC1'))
      trial.clock.advance(3 * 3600 * 1000)
      const { method, path, headers } = row('GC1')
      assertRefused(await trial.ask({ method, path, headers: headers(trial.tokens) }), 'unauthenticated')
    },
  },
  {
    id: 'GT2',
    promise: 'a session that another instance ended is refused from the revocation bound on',
    why: 'a thief stays in for longer than anybody was told',
    run: async (trial) => {
      await assertVerdict(trial, row('GC1'))
      await trial.endElsewhere()
      trial.clock.advance(trial.revocationBoundSeconds * 1000)
      const { method, path, headers } = row('GC1')
      assertRefused(await trial.ask({ method, path, headers: headers(trial.tokens) }), 'unauthenticated')
    },
  },
]
