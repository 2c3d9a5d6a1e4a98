import assert from 'node:assert/strict'
import { protectedRoutes } from '@sallyport/guard'
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
  ask({ method: 'GET', path: '/posts/7', headers: shown(tokens.plain, harness) })

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
      const isThere = protectedRoutes(trial.harness.routes).find('DELETE', '/vault') !== null
      assertRefused(await trial.ask({ method: 'DELETE', path: '/vault', headers }), isThere ? 'unavailable' : 'undeclared')
      trial.breakStores(false)
      const afterwards = await trial.ask({ method: 'DELETE', path: '/vault', headers })
      if (isThere) assert.deepEqual(afterwards, { allowed: true, userId: trial.tokens.userIds.admin })
      else assertRefused(afterwards, 'undeclared')
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
    promise: 'a token is good one millisecond before it expires and refused from that instant on',
    why: 'an old token goes on working at one of the gateways',
    run: async (trial) => {
      const { clock, plainExpiresAt, harness } = trial
      await assertPlain(trial)
      clock.moveTo(plainExpiresAt - 1)
      await assertPlain(trial)
      // The gateway has just been told.
      if (harness.believed === true) clock.advance(memoryOf(trial))
      else clock.moveTo(plainExpiresAt)
      assertRefused(await asPlain(trial), 'unauthenticated')
    },
  },
  {
    id: 'GT2',
    promise: 'a session that another instance ended is refused from the revocation bound on, whenever it was tried before',
    why: 'a thief stays in for longer than anybody was told',
    run: async (trial) => {
      await assertPlain(trial)
      await trial.endElsewhere()
      const [from, boundMs] = [trial.clock.now(), trial.revocationBoundSeconds * 1000]
      // The last moment at which somebody may have let it in whom a gateway believes, and the last of the bound.
      for (const moment of [boundMs - memoryOf(trial) - 1, boundMs - 1]) {
        if (moment < 0) continue
        trial.clock.moveTo(from + moment)
        await asPlain(trial)
      }
      trial.clock.moveTo(from + boundMs)
      assertRefused(await asPlain(trial), 'unauthenticated')
    },
  },
  {
    id: 'GT3',
    promise: 'a cookie is good from a page of ours and refused from a foreign one, whichever asks first and whatever header stands beside it',
    why: 'a gateway that remembers the cookie opens the door that the guard would have kept shut: a form of a foreign page, with Basic credentials that the browser adds; or shuts it for a page of ours',
    run: async (trial) => {
      for (const id of ['GK5', 'GK3', 'GK5', 'GK20', 'GK21', 'GK3']) await assertVerdict(trial, row(id))
    },
  },
  {
    id: 'GF1',
    promise: 'the rows that something in front of the rendering answers are those that its harness names',
    why: 'a row that never arrives says nothing about whom it was meant for',
    run: async ({ reaches, tokens, harness }) => {
      const answered: string[] = []
      for (const { id, method, path, headers } of guardCases) if (!(await reaches({ method, path, headers: headers(tokens) }))) answered.push(id)
      assert.deepEqual(answered.toSorted(), (harness.answeredInFront ?? []).toSorted())
    },
  },
]

function memoryOf({ harness: { cacheSeconds = 0 } }: GuardTrial): number {
  return cacheSeconds * 1000
}
