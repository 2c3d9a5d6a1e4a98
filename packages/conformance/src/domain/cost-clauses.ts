import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import type { DomainTrial } from './domain-trial.ts'
import { check, CONTEXT, principal, refreshed, refreshTokenOf, signIn, someone } from './people.ts'

/** The calls of one action. */
async function callsOf({ script }: DomainTrial, action: () => Promise<unknown>): Promise<readonly string[]> {
  script.forget()
  await action()
  return [...script.calls]
}

export const costClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D11',
    promise: 'a check asks the store once in the session strategy and never in the jwt strategy, and reading the own profile asks nothing more',
    why: 'every request of every application pays for it',
    run: async (trial) => {
      const { started } = await someone(trial.here)
      const expected = trial.strategy === 'session' ? ['sessions.find'] : []
      assert.deepEqual(await callsOf(trial, () => check(trial.here, started)), expected)
      const reading = async (): Promise<void> => {
        const profile = await trial.here.auth.readProfile(await principal(trial.here, started))
        assert.equal(profile?.name, 'Ada')
      }
      assert.deepEqual(await callsOf(trial, reading), expected)
    },
  },
  {
    id: 'D12',
    promise: 'a sign-in is one read and one write, a registration two writes, a refresh and a sign-out one write',
    why: 'each further call is latency and money on every store',
    run: async (trial) => {
      const person = await someone(trial.here)
      assert.deepEqual(await callsOf(trial, () => someone(trial.here)), ['users.create', 'sessions.create'])
      assert.deepEqual(await callsOf(trial, () => signIn(trial.here, person.email)), ['users.findByIdentity', 'sessions.create'])
      const token = refreshTokenOf(person.started)
      assert.deepEqual(await callsOf(trial, () => refreshed(trial.here, token)), [trial.strategy === 'jwt' ? 'sessions.rotate' : 'sessions.prolong'])
      assert.deepEqual(await callsOf(trial, () => trial.here.auth.logOut([token], CONTEXT)), ['sessions.end'])
    },
  },
  {
    id: 'D13',
    promise: 'what is not one of our tokens asks no store: garbage, altered tokens, tokens of another kind, forged refresh tokens',
    why: 'anybody could make the store work, and pay, by sending noise',
    run: async (trial) => {
      const { started } = await someone(trial.here)
      const { accessToken } = started.credentials
      const refreshToken = refreshTokenOf(started)
      const flipped = (token: string): string => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`
      // An altered secret of an opaque token is well formed and can be told only by the store.
      const opaque = trial.strategy === 'session'
      const noise = [
        '',
        '.',
        '..',
        '...',
        'x'.repeat(100_000),
        `${accessToken}.`,
        ` ${accessToken}`,
        `${accessToken}\n`,
        ...(opaque ? [] : [flipped(accessToken)]),
      ]
      const forged = ['', 'x', `${refreshToken}.`, ...(opaque ? [] : [flipped(refreshToken), accessToken])]
      const calls = await callsOf(trial, async () => {
        for (const token of noise) assert.equal((await trial.here.auth.authorize(token, { access: 'signed-in', strict: true })).allowed, false)
        for (const token of forged) assert.deepEqual(await trial.here.auth.refresh(token, CONTEXT), { outcome: 'refused' })
        assert.equal(
          await trial.here.auth.logOut(
            forged.filter((token) => token !== accessToken),
            CONTEXT,
          ),
          'unknown',
        )
      })
      assert.deepEqual(calls, [])
    },
  },
  {
    id: 'D14',
    promise: 'a limit counts all its subjects in one call, and a request without limits none',
    why: 'limits would double the cost of a sign-in',
    run: async (trial) => {
      const limits = [
        { name: 'password', subject: 'account', limit: 5, windowSeconds: 60 },
        { name: 'password', subject: 'pair', limit: 5, windowSeconds: 60 },
        { name: 'login', subject: 'network', limit: 5, windowSeconds: 60 },
      ] as const
      assert.deepEqual(await callsOf(trial, () => trial.here.auth.limit(limits, { account: 'a', address: '203.0.113.7' })), ['counters.count'])
      assert.deepEqual(await callsOf(trial, () => trial.here.auth.limit([], { account: 'a', address: null })), [])
    },
  },
]
