import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import type { GuardKitAnswer, GuardTrial } from './guard-harness.ts'
import { expectedOf, guardCases, shown, type GuardCase } from './guard-requests.ts'

/** Compares as far as the rendering can tell; one that cannot say why still has to refuse. */
async function assertVerdict({ ask, tokens, harness }: GuardTrial, row: GuardCase): Promise<void> {
  const answer = await ask({ method: row.method, path: row.path, headers: row.headers(tokens) })
  const expected = expectedOf(row, harness, tokens)
  const who = expected === 'nobody' ? null : (tokens.userIds as Readonly<Record<string, string | undefined>>)[expected]
  if (who !== undefined) assert.deepEqual(answer, { allowed: true, userId: who })
  else assertRefused(answer, expected)
}

export function assertRefused(answer: GuardKitAnswer, refusal: string): void {
  assert.ok(!answer.allowed, `let in instead of refused (${refusal})`)
  // Of an outage every rendering has to tell: a gateway keeps what looks like any other refusal.
  if (refusal === 'unavailable' || (refusal !== 'undeclared' && answer.refusal !== 'refused')) assert.equal(answer.refusal, refusal)
}

const row = (id: string): GuardCase => {
  const found = guardCases.find((each) => each.id === id)
  assert.ok(found !== undefined, `there is no case ${id}`)
  return found
}

const asPlain = ({ ask, tokens, harness }: GuardTrial): Promise<GuardKitAnswer> =>
  ask({ method: 'POST', path: '/posts', headers: shown(tokens.plain, harness) })

async function assertPlain(trial: GuardTrial): Promise<void> {
  assert.deepEqual(await asPlain(trial), { allowed: true, userId: trial.tokens.userIds.plain })
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
      const headers = shown(trial.tokens.admin, trial.harness)
      const strict = await trial.ask({ method: 'DELETE', path: '/vault', headers })
      assertRefused(strict, 'unavailable')
      trial.breakStores(false)
      assert.deepEqual(await trial.ask({ method: 'DELETE', path: '/vault', headers }), { allowed: true, userId: trial.tokens.userIds.admin })
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
      await assertPlain(trial)
      trial.clock.advance(3 * 3600 * 1000)
      assertRefused(await asPlain(trial), 'unauthenticated')
    },
  },
  {
    id: 'GT2',
    promise: 'a session that another instance ended is refused from the revocation bound on',
    why: 'a thief stays in for longer than anybody was told',
    run: async (trial) => {
      await assertPlain(trial)
      await trial.endElsewhere()
      trial.clock.advance(trial.revocationBoundSeconds * 1000)
      assertRefused(await asPlain(trial), 'unauthenticated')
    },
  },
  {
    id: 'GT3',
    promise:
      'after a cookie was good from a page of ours, it is refused from a foreign page as if nobody had asked before, whatever header stands beside it',
    why: 'a gateway that remembers the cookie opens the door that the guard would have kept shut: a form of a foreign page, with Basic credentials that the browser adds',
    run: async (trial) => {
      for (const id of ['GK3', 'GK5', 'GK20', 'GK21', 'GK3']) await assertVerdict(trial, row(id))
    },
  },
]
