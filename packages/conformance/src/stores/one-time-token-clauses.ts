import assert from 'node:assert/strict'
import { HOUR, MINUTE, type OneTimeToken } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newHash, newOneTimeToken, newToken, newUserId } from './samples.ts'
import { atOnce, type StoreTrial } from './store-harness.ts'

/** Tokens that are used once: verify an address, reset a password, change an address. */
export const oneTimeTokenClauses: readonly Clause<StoreTrial<'oneTimeTokens'>>[] = [
  {
    id: 'T1',
    promise: 'an issued token is consumed by its hash, every field as it was given; one of each purpose can be out',
    why: 'a payload lost on the way confirms the wrong address',
    async run({ stores, second, clock }) {
      const userId = newUserId(clock)
      const reset = newOneTimeToken(clock, userId)
      const change = newOneTimeToken(clock, userId, { purpose: 'change-email', payload: JSON.stringify({ email: 'ada@example.net', note: '"ä\n' }) })
      await stores.oneTimeTokens.issue(reset)
      await stores.oneTimeTokens.issue(change)
      assert.deepEqual(await second.oneTimeTokens.consume(use(change)), change)
      assert.deepEqual(await second.oneTimeTokens.consume(use(reset)), reset)
    },
  },
  {
    id: 'T2',
    promise: 'issuing a newer token of a purpose kills the older; issuing at once leaves exactly one alive; issuing twice is the same',
    why: 'a reset mail from last week must not open the account after a newer one was asked for',
    async run(trial) {
      const { stores, second, clock } = trial
      const userId = newUserId(clock)
      const older = newOneTimeToken(clock, userId)
      const newer = newOneTimeToken(clock, userId)
      await stores.oneTimeTokens.issue(older)
      await second.oneTimeTokens.issue(newer)
      await stores.oneTimeTokens.issue(newer)
      assert.equal(await stores.oneTimeTokens.consume(use(older)), null)
      assert.deepEqual(await stores.oneTimeTokens.consume(use(newer)), newer)
      const tokens = Array.from({ length: trial.parallel }, () => newOneTimeToken(clock, userId))
      await atOnce(trial, tokens.length, (handle, index) => handle.oneTimeTokens.issue(tokens[index]!))
      const used = await atOnce(trial, tokens.length, (handle, index) => handle.oneTimeTokens.consume(use(tokens[index]!)))
      assert.equal(used.filter((token) => token !== null).length, 1)
    },
  },
  {
    id: 'T3',
    promise: 'a token can be consumed one millisecond before `expiresAt` and not at that instant',
    why: 'a row that the database has not cleaned up yet must not open an account',
    async run({ stores, second, clock }) {
      const [live, dead] = [newOneTimeToken(clock, newUserId(clock)), newOneTimeToken(clock, newUserId(clock))]
      await stores.oneTimeTokens.issue(live)
      await stores.oneTimeTokens.issue(dead)
      clock.moveTo(live.expiresAt - 1)
      assert.deepEqual(await second.oneTimeTokens.consume(use(live)), live)
      clock.moveTo(dead.expiresAt)
      assert.equal(await second.oneTimeTokens.consume(use(dead)), null)
    },
  },
  {
    id: 'T4',
    promise: 'a wrong hash is `null` and leaves the right one usable',
    why: 'otherwise anybody could burn a token by guessing once',
    async run({ stores, second, clock }) {
      const token = newOneTimeToken(clock, newUserId(clock))
      await stores.oneTimeTokens.issue(token)
      const wrong = [newHash(), '', token.hash.slice(0, -1), `${token.hash}A`, token.hash.toLowerCase(), '%']
      for (const hash of wrong) assert.equal(await stores.oneTimeTokens.consume({ ...use(token), hash }), null)
      assert.equal(await stores.oneTimeTokens.consume({ ...use(token), purpose: 'verify-email' }), null)
      assert.deepEqual(await second.oneTimeTokens.consume(use(token)), token)
    },
  },
  {
    id: 'T5',
    promise: 'a token that was used is `null` for every other attempt; one that never was is `null` too',
    why: 'a reset link in a mailbox or a log must not work a second time',
    async run({ stores, second, clock }) {
      const token = newOneTimeToken(clock, newUserId(clock))
      assert.equal(await stores.oneTimeTokens.consume(use(token)), null)
      await stores.oneTimeTokens.issue(token)
      assert.deepEqual(await stores.oneTimeTokens.consume(use(token)), token)
      assert.equal(await second.oneTimeTokens.consume(use(token)), null)
    },
  },
  {
    id: 'T6',
    promise: 'consume repeated with its attempt id gets the token again, until it expires',
    why: "after a lost answer the caller repeats; without this the user's only link is burnt",
    async run({ stores, second, clock }) {
      const token = newOneTimeToken(clock, newUserId(clock), { payload: 'kept' })
      await stores.oneTimeTokens.issue(token)
      const attempt = use(token)
      assert.deepEqual(await stores.oneTimeTokens.consume(attempt), token)
      clock.advance(MINUTE)
      assert.deepEqual(await second.oneTimeTokens.consume(attempt), token)
      assert.equal(await second.oneTimeTokens.consume({ ...attempt, hash: newHash() }), null)
      assert.equal(await second.oneTimeTokens.consume(use(token)), null)
    },
  },
  {
    id: 'T7',
    promise: 'of many attempts at once exactly one gets the token, all others `null`',
    why: 'one link must not set two passwords',
    async run(trial) {
      const token = newOneTimeToken(trial.clock, newUserId(trial.clock))
      await trial.stores.oneTimeTokens.issue(token)
      const used = await atOnce(trial, trial.parallel, (stores) => stores.oneTimeTokens.consume(use(token)))
      assert.deepEqual(
        used.filter((result) => result !== null),
        [token],
      )
    },
  },
  {
    id: 'T8',
    promise: 'endAll kills every token of the user, of every purpose; twice is the same',
    why: 'after a change of password or address an old link must not undo it',
    async run({ stores, second, clock }) {
      const userId = newUserId(clock)
      const tokens = (['verify-email', 'reset-password', 'change-email'] as const).map((purpose) => newOneTimeToken(clock, userId, { purpose }))
      for (const token of tokens) await stores.oneTimeTokens.issue(token)
      const attempt = use(tokens[0]!)
      assert.deepEqual(await stores.oneTimeTokens.consume(attempt), tokens[0])
      await stores.oneTimeTokens.endAll(userId)
      await second.oneTimeTokens.endAll(userId)
      assert.equal(await second.oneTimeTokens.consume(attempt), null)
      for (const token of tokens) assert.equal(await second.oneTimeTokens.consume(use(token)), null)
      const later = newOneTimeToken(clock, userId)
      await stores.oneTimeTokens.issue(later)
      assert.deepEqual(await second.oneTimeTokens.consume(use(later)), later)
    },
  },
  {
    id: 'T9',
    promise: "issuing, consuming and ending touch no other user's tokens",
    why: 'a token belongs to one person; with another user id it opens nothing',
    async run({ stores, second, clock }) {
      const token = newOneTimeToken(clock, newUserId(clock))
      const stranger = newUserId(clock)
      await stores.oneTimeTokens.issue(token)
      await stores.oneTimeTokens.issue(newOneTimeToken(clock, stranger))
      assert.equal(await second.oneTimeTokens.consume({ ...use(token), userId: stranger }), null)
      for (const neighbour of [stranger, `${token.userId}0`, token.userId.slice(0, -1)]) await stores.oneTimeTokens.endAll(neighbour)
      assert.deepEqual(await second.oneTimeTokens.consume(use(token)), token)
    },
  },
  {
    id: 'E13',
    promise: 'issuing a token again after it was used does not revive it',
    why: 'a delayed repetition of a write must not make a used link work once more',
    async run({ stores, second, clock }) {
      const token = newOneTimeToken(clock, newUserId(clock))
      await stores.oneTimeTokens.issue(token)
      assert.deepEqual(await stores.oneTimeTokens.consume(use(token)), token)
      await second.oneTimeTokens.issue(token)
      assert.equal(await stores.oneTimeTokens.consume(use(token)), null)
    },
  },
  {
    id: 'E14',
    promise: 'a payload of 1 KiB comes back exactly; the clean-up removes expired tokens and no others',
    why: 'rows that never go are addresses of people who never confirmed',
    async run({ stores, second, clock, rowsWith, sweep }) {
      const [short, long] = [
        newOneTimeToken(clock, newUserId(clock)),
        newOneTimeToken(clock, newUserId(clock), { expiresAt: clock.now() + HOUR, payload: '名'.repeat(341) }),
      ]
      await stores.oneTimeTokens.issue(short)
      await stores.oneTimeTokens.issue(long)
      clock.moveTo(short.expiresAt)
      if (await sweep()) assert.deepEqual((await rowsWith(short.hash)) ?? [], [])
      assert.deepEqual(
        await second.oneTimeTokens.consume({ userId: long.userId, purpose: long.purpose, hash: long.hash, attemptId: newHash() }),
        long,
      )
    },
  },
]

/** A fresh attempt on the token. */
function use({ userId, purpose, hash }: OneTimeToken): { userId: string; purpose: OneTimeToken['purpose']; hash: string; attemptId: string } {
  return { userId, purpose, hash, attemptId: newToken() }
}
