import assert from 'node:assert/strict'
import type { OneTimeToken } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newOneTimeToken, newToken } from '../stores/samples.ts'
import { LIFETIMES, type DomainTrial } from './domain-trial.ts'
import {
  assertEnded,
  assertLives,
  CONTEXT,
  isAccepted,
  isAcceptedStrictly,
  isRefusedRefresh,
  isRefusedSignIn,
  NEXT_PASSWORD,
  PASSWORD,
  principal,
  refreshed,
  refreshTokenOf,
  signIn,
  someone,
} from './people.ts'

async function isUsable({ stores }: DomainTrial, { userId, purpose, hash }: OneTimeToken): Promise<boolean> {
  return (await stores.oneTimeTokens.consume({ userId, purpose, hash, attemptId: newToken() })) !== null
}

/** The rows of docs/revocation.md, each for whichever strategy the trial has. */
export const revocationClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D23',
    promise: 'sign-out ends this session, by its access token or its refresh token, and no other',
    why: 'people who sign out stay signed in',
    run: async (trial) => {
      const person = await someone(trial.here)
      const [second, other] = [await signIn(trial.here, person.email), await signIn(trial.here, person.email)]
      for (const started of [person.started, second, other]) {
        assert.equal(await isAccepted(trial.here, started), true)
        assert.equal(await isAccepted(trial.elsewhere, started), true)
      }
      assert.equal(await trial.here.auth.logOut([person.started.credentials.accessToken], CONTEXT), 'ended')
      assert.equal(await trial.here.auth.logOut(['noise', refreshTokenOf(second)], CONTEXT), 'ended')
      await assertEnded(trial, person.started)
      await assertEnded(trial, second)
      await assertLives(trial, other)
    },
  },
  {
    id: 'D24',
    promise: 'the owner ends one session of the list; nobody else can, whatever id they send',
    why: 'a lost phone stays signed in, or strangers sign people out',
    run: async (trial) => {
      const [person, stranger] = [await someone(trial.here), await someone(trial.here)]
      const lost = await signIn(trial.here, person.email)
      const intruder = await principal(trial.here, stranger.started)
      assert.equal(await trial.here.auth.sessions.end(intruder, lost.session.id, CONTEXT), false)
      assert.equal(await isAccepted(trial.here, lost), true)
      const owner = await principal(trial.here, person.started)
      assert.equal(await trial.here.auth.sessions.end(owner, lost.session.id, CONTEXT), true)
      assert.equal(await trial.here.auth.sessions.end(owner, lost.session.id, CONTEXT), false)
      assert.equal(await trial.here.auth.sessions.end(owner, '../../x', CONTEXT), false)
      await assertEnded(trial, lost)
      await assertLives(trial, person.started)
    },
  },
  {
    id: 'D25',
    promise: 'ending the others ends each of them and not this one',
    why: 'whoever has been followed cannot shake it off',
    run: async (trial) => {
      const person = await someone(trial.here)
      const others = [await signIn(trial.here, person.email), await signIn(trial.elsewhere, person.email)]
      assert.equal(await trial.here.auth.sessions.endAll(await principal(trial.here, person.started), 'others', CONTEXT), 2)
      assert.equal(await isAccepted(trial.here, person.started), true)
      await assertLives(trial, person.started)
      for (const other of others) await assertEnded(trial, other)
    },
  },
  {
    id: 'D26',
    promise: 'ending all ends this one too, and a sign-in right afterwards works',
    why: 'sign out everywhere means everywhere',
    run: async (trial) => {
      const person = await someone(trial.here)
      const other = await signIn(trial.here, person.email)
      assert.equal(await trial.here.auth.sessions.endAll(await principal(trial.here, person.started), 'all', CONTEXT), 2)
      const fresh = await signIn(trial.here, person.email)
      assert.equal(await isAccepted(trial.here, fresh), true)
      await assertEnded(trial, other)
      await assertEnded(trial, person.started)
    },
  },
  {
    id: 'D27',
    promise: 'a change of password ends every session and one-time token of before, and its answer works',
    why: 'a thief who is in stays in',
    run: async (trial) => {
      const person = await someone(trial.here)
      const thief = await signIn(trial.elsewhere, person.email)
      const token = newOneTimeToken(trial.clock, person.user.id)
      await trial.stores.oneTimeTokens.issue(token)
      const caller = await principal(trial.here, person.started)
      const changed = await trial.here.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT)
      assert.ok(changed.outcome === 'changed')
      assert.equal(await isAccepted(trial.here, changed.started), true)
      assert.equal(await isAccepted(trial.elsewhere, changed.started), true)
      assert.equal(await isUsable(trial, token), false)
      assert.equal(await isRefusedSignIn(trial.elsewhere, person.email, PASSWORD), true)
      await assertEnded(trial, thief)
      await assertEnded(trial, person.started)
      await assertLives(trial, changed.started)
    },
  },
  {
    id: 'D28',
    promise: 'a change of password needs the current one, and without it nothing changes',
    why: 'a borrowed device is enough to take the account',
    run: async (trial) => {
      const person = await someone(trial.here)
      const caller = await principal(trial.here, person.started)
      const refused = await trial.here.auth.changePassword(
        caller,
        { currentPassword: 'not the current one at all', newPassword: NEXT_PASSWORD },
        CONTEXT,
      )
      assert.deepEqual(refused, { outcome: 'bad-credentials' })
      assert.equal(await isRefusedSignIn(trial.here, person.email, NEXT_PASSWORD), true)
      await assertLives(trial, person.started)
    },
  },
  {
    id: 'D29',
    promise: 'deleting the account needs the password, ends every session, and frees the address',
    why: 'sessions outlive their user',
    run: async (trial) => {
      const person = await someone(trial.here)
      const other = await signIn(trial.elsewhere, person.email)
      const token = newOneTimeToken(trial.clock, person.user.id)
      await trial.stores.oneTimeTokens.issue(token)
      const caller = await principal(trial.here, person.started)
      assert.equal(await trial.here.auth.deleteAccount(caller, 'not the password at all', CONTEXT), 'bad-credentials')
      assert.equal(await isAccepted(trial.here, other), true)
      assert.equal(await trial.here.auth.deleteAccount(caller, PASSWORD, CONTEXT), 'deleted')
      assert.equal(await trial.stores.users.find(person.user.id), null)
      assert.equal(await isRefusedSignIn(trial.here, person.email), true)
      assert.equal(await isUsable(trial, token), false)
      await assertEnded(trial, other)
      await assertEnded(trial, person.started)
      const again = await trial.elsewhere.auth.register({ email: person.email, password: NEXT_PASSWORD, name: null }, CONTEXT)
      assert.ok(again.outcome === 'registered' && again.user.id !== person.user.id)
    },
  },
  {
    id: 'D30',
    promise: 'a changed profile shows at once here and under strict rules, elsewhere after a refresh',
    why: 'people save their name and see the old one',
    run: async (trial) => {
      const person = await someone(trial.here)
      const caller = await principal(trial.here, person.started)
      const changed = await trial.here.auth.changeProfile(caller, { name: 'Augusta', attributes: { plan: 'pro' } }, CONTEXT)
      assert.ok(changed.outcome === 'changed')
      const seen = (await principal(trial.here, person.started)).profile
      assert.equal(seen?.name, 'Augusta')
      assert.deepEqual(seen.attributes, { plan: 'pro' })
      const strict = await trial.elsewhere.auth.authorize(person.started.credentials.accessToken, { access: 'signed-in', strict: true })
      assert.equal(strict.principal?.profile?.name, 'Augusta')
      const next = await refreshed(trial.elsewhere, refreshTokenOf(person.started))
      assert.equal((await principal(trial.elsewhere, next)).profile?.name, 'Augusta')
    },
  },
  {
    id: 'D31',
    promise: 'of many changes of the password at once exactly one wins, and only its password works',
    why: 'the owner does not know which password is theirs',
    run: async (trial) => {
      const person = await someone(trial.here)
      const caller = await principal(trial.here, person.started)
      const passwords = Array.from({ length: 8 }, (_, index) => `candidate number ${index} of many`)
      const outcomes = await Promise.all(
        passwords.map((newPassword, index) =>
          (index % 2 === 0 ? trial.here : trial.elsewhere).auth.changePassword(caller, { currentPassword: PASSWORD, newPassword }, CONTEXT),
        ),
      )
      const works: string[] = []
      for (const password of passwords) if (!(await isRefusedSignIn(trial.here, person.email, password))) works.push(password)
      assert.equal(works.length, 1)
      assert.ok(outcomes.filter(({ outcome }) => outcome === 'changed').length <= 1)
      assert.equal(await isRefusedSignIn(trial.here, person.email, PASSWORD), true)
    },
  },
  {
    id: 'D32',
    promise: 'when an end cannot be stored, no success is told, and after the store is back the session can be ended',
    why: 'people believe they are signed out',
    run: async (trial) => {
      const person = await someone(trial.here)
      const caller = await principal(trial.here, person.started)
      const down = new Error('planted')
      for (const attempt of [
        () => trial.here.auth.logOut([refreshTokenOf(person.started)], CONTEXT),
        () => trial.here.auth.sessions.endAll(caller, 'all', CONTEXT),
        () => trial.here.auth.sessions.end(caller, person.started.session.id, CONTEXT),
      ]) {
        trial.script.failAll(down)
        await assert.rejects(attempt, down)
        trial.script.failAll(null)
      }
      assert.equal(await isAcceptedStrictly(trial.elsewhere, person.started), true)
      assert.equal(await trial.here.auth.logOut([refreshTokenOf(person.started)], CONTEXT), 'ended')
      assert.equal(await isRefusedRefresh(trial.elsewhere, refreshTokenOf(person.started)), true)
    },
  },
  {
    id: 'D33',
    promise: 'a session that is over stays over for as long as one of its tokens could live',
    why: 'an ended session comes back when somebody forgets that it ended',
    run: async (trial) => {
      const person = await someone(trial.here)
      trial.clock.advance(1500)
      assert.equal(await trial.here.auth.sessions.endAll(await principal(trial.here, person.started), 'all', CONTEXT), 1)
      for (let second = 0; second <= LIFETIMES.accessTokenSeconds + 2; second += 20) {
        assert.equal(await isAccepted(trial.here, person.started), false)
        trial.clock.advance(20_000)
      }
    },
  },
]
