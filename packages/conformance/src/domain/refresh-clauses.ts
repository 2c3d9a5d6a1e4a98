import assert from 'node:assert/strict'
import type { StartedSession } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { LIFETIMES, type DomainTrial } from './domain-trial.ts'
import { assertLives, CONTEXT, isAccepted, isAcceptedStrictly, isRefusedRefresh, principal, refreshed, refreshTokenOf, someone } from './people.ts'

const GRACE_MS = LIFETIMES.refreshGraceSeconds * 1000

/** Kept alive up to just before its absolute end. */
async function keepAlive(trial: DomainTrial, started: StartedSession): Promise<StartedSession> {
  let current = started
  const step = LIFETIMES.idleSeconds * 1000 - 1
  while (trial.clock.now() + step < started.session.expiresAt) {
    trial.clock.advance(step)
    current = await refreshed(trial.here, refreshTokenOf(current))
  }
  return current
}

export const refreshClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D15',
    promise: 'a refresh gives credentials that work everywhere, for the same session, with the user as of now',
    why: 'people would have to sign in again every few minutes',
    run: async (trial) => {
      const person = await someone(trial.here)
      await trial.elsewhere.auth.changeProfile(await principal(trial.elsewhere, person.started), { name: 'Augusta' }, CONTEXT)
      trial.clock.advance(LIFETIMES.accessTokenSeconds * 1000)
      const next = await refreshed(trial.here, refreshTokenOf(person.started))
      const caller = await principal(trial.elsewhere, next)
      assert.equal(caller.sessionId, person.started.session.id)
      assert.equal(caller.profile?.name, 'Augusta')
      assert.ok(next.credentials.accessTokenExpiresAt > trial.clock.now())
    },
  },
  {
    id: 'D16',
    promise: 'many refreshes at once over several instances all get one and the same successor, and the session lives',
    why: 'two tabs or a retried request sign people out',
    run: async (trial) => {
      const { started } = await someone(trial.here)
      const all = await Promise.all(
        Array.from({ length: 20 }, (_, index) => refreshed(index % 2 === 0 ? trial.here : trial.elsewhere, refreshTokenOf(started))),
      )
      assert.equal(new Set(all.map(refreshTokenOf)).size, 1)
      for (const each of all) assert.equal(await isAccepted(trial.elsewhere, each), true)
      const [first] = all
      assert.ok(first !== undefined)
      await assertLives(trial, first)
    },
  },
  {
    id: 'D17',
    promise: 'the superseded refresh token gives the same successor up to the end of the grace',
    why: 'a client that lost the answer is signed out',
    run: async (trial) => {
      if (trial.strategy === 'session') return
      const { started } = await someone(trial.here)
      const next = await refreshed(trial.here, refreshTokenOf(started))
      trial.clock.advance(GRACE_MS - 1)
      const again = await refreshed(trial.elsewhere, refreshTokenOf(started))
      assert.equal(refreshTokenOf(again), refreshTokenOf(next))
      await assertLives(trial, next)
    },
  },
  {
    id: 'D18',
    promise: 'the superseded refresh token after the grace ends the session, on instances that start later too, and the answer does not tell',
    why: 'a stolen refresh token works for as long as the session',
    run: async (trial) => {
      if (trial.strategy === 'session') return
      const { started } = await someone(trial.here)
      const next = await refreshed(trial.here, refreshTokenOf(started))
      trial.clock.advance(GRACE_MS)
      assert.deepEqual(await trial.elsewhere.auth.refresh(refreshTokenOf(started), CONTEXT), { outcome: 'refused' })
      const restarted = await trial.start()
      assert.equal(await isRefusedRefresh(restarted, refreshTokenOf(next)), true)
      assert.equal(await isAcceptedStrictly(restarted, next), false)
      assert.equal(await isAccepted(trial.elsewhere, next), false)
      assert.ok(trial.events.some(({ name, sessionId }) => name === 'session.token-reused' && sessionId === started.session.id))
    },
  },
  {
    id: 'D19',
    promise: 'a refresh token of two rotations ago ends the session, within the grace too',
    why: 'a thief who rotates quickly hides behind the grace',
    run: async (trial) => {
      if (trial.strategy === 'session') return
      const { started } = await someone(trial.here)
      const second = await refreshed(trial.here, refreshTokenOf(started))
      const third = await refreshed(trial.here, refreshTokenOf(second))
      assert.equal(await isRefusedRefresh(trial.elsewhere, refreshTokenOf(started)), true)
      assert.equal(await isRefusedRefresh(trial.here, refreshTokenOf(third)), true)
    },
  },
  {
    id: 'D20',
    promise: 'a session that is not refreshed is over at its idle expiry, one that is refreshed lives on',
    why: 'a forgotten device stays signed in',
    run: async (trial) => {
      const [idle, used] = [(await someone(trial.here)).started, (await someone(trial.here)).started]
      trial.clock.advance(LIFETIMES.idleSeconds * 1000 - 1)
      const next = await refreshed(trial.here, refreshTokenOf(used))
      trial.clock.advance(1)
      assert.equal(await isRefusedRefresh(trial.here, refreshTokenOf(idle)), true)
      assert.equal(await isAccepted(trial.here, idle), false)
      assert.equal(await isAccepted(trial.here, next), true)
    },
  },
  {
    id: 'D21',
    promise: 'no refresh passes the absolute expiry, and no access token outlives it',
    why: 'a stolen session lives for ever',
    run: async (trial) => {
      const { started } = await someone(trial.here)
      const last = await keepAlive(trial, started)
      trial.clock.moveTo(started.session.expiresAt - 2000)
      const lastMoment = await refreshed(trial.here, refreshTokenOf(last))
      assert.ok(lastMoment.credentials.accessTokenExpiresAt <= started.session.expiresAt)
      assert.equal(await isAccepted(trial.here, lastMoment), true)
      trial.clock.moveTo(started.session.expiresAt)
      assert.equal(await isAccepted(trial.here, lastMoment), false)
      assert.equal(await isRefusedRefresh(trial.here, refreshTokenOf(lastMoment)), true)
    },
  },
  {
    id: 'D22',
    promise: 'an access token is refused at its expiry',
    why: 'expiry is the revocation of self-contained tokens',
    run: async (trial) => {
      const { started } = await someone(trial.here)
      trial.clock.moveTo(started.credentials.accessTokenExpiresAt - 1)
      assert.equal(await isAccepted(trial.elsewhere, started), true)
      trial.clock.moveTo(started.credentials.accessTokenExpiresAt)
      assert.equal(await isAccepted(trial.elsewhere, started), false)
    },
  },
]
