import assert from 'node:assert/strict'
import { StoreUnavailableError } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import type { DomainTrial } from './domain-trial.ts'
import {
  CONTEXT,
  isAccepted,
  isAcceptedStrictly,
  isRefusedRefresh,
  isRefusedSignIn,
  NEXT_PASSWORD,
  PASSWORD,
  principal,
  refreshTokenOf,
  signIn,
  someone,
  type Person,
} from './people.ts'

const DOWN = new StoreUnavailableError('planted')

/** The calls at which a change of password can be cut short after the new password is stored. */
const AFTER_THE_CHANGE = ['oneTimeTokens.endAll', 'sessions.endAll', 'sessions.create'] as const
/** The calls at which a deletion can be cut short after it was begun. */
const AFTER_THE_MARK = ['sessions.endAll', 'oneTimeTokens.endAll', 'users.delete'] as const

async function cutShort(trial: DomainTrial, call: string, act: (person: Person) => Promise<unknown>): Promise<Person> {
  const person = await someone(trial.here)
  trial.script.fail(call, DOWN)
  await assert.rejects(act(person), DOWN)
  return person
}

function changeOf(trial: DomainTrial): (person: Person) => Promise<unknown> {
  return async (person) =>
    trial.here.auth.changePassword(await principal(trial.here, person.started), { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT)
}

function deletionOf(trial: DomainTrial): (person: Person) => Promise<unknown> {
  return async (person) => trial.here.auth.deleteAccount(await principal(trial.here, person.started), PASSWORD, CONTEXT)
}

async function assertGone(trial: DomainTrial, person: Person): Promise<void> {
  assert.equal(await trial.stores.users.find(person.user.id), null)
  assert.equal(await trial.stores.sessions.find(person.user.id, person.started.session.id), null)
}

export const repairClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D34',
    promise: 'a registration that is cut short after the user is stored leaves an account that its owner can sign in to',
    why: 'the address is taken and nobody can use it',
    run: async (trial) => {
      const email = `cut-${trial.clock.now()}@example.org`
      trial.script.fail('sessions.create', DOWN)
      await assert.rejects(trial.here.auth.register({ email, password: PASSWORD, name: null }, CONTEXT), DOWN)
      assert.equal(await isAccepted(trial.elsewhere, await signIn(trial.elsewhere, email)), true)
    },
  },
  {
    id: 'D35',
    promise: 'a change of password that is cut short anywhere is completed by the same request',
    why: 'the owner changed the password and the thief is still in',
    run: async (trial) => {
      for (const call of AFTER_THE_CHANGE) {
        const person = await cutShort(trial, call, changeOf(trial))
        if (!(await isAcceptedStrictly(trial.here, person.started))) continue
        const caller = await principal(trial.elsewhere, person.started)
        const again = await trial.elsewhere.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT)
        assert.equal(again.outcome, 'changed', call)
        assert.equal(await isRefusedRefresh(trial.here, refreshTokenOf(person.started)), true, call)
        assert.equal(await isAcceptedStrictly(trial.here, person.started), false, call)
      }
    },
  },
  {
    id: 'D36',
    promise: 'a change of password that is cut short anywhere is completed by the next sign-in, and only the new password signs in',
    why: 'the thief stays in when the owner does not try again',
    run: async (trial) => {
      for (const call of AFTER_THE_CHANGE) {
        const person = await cutShort(trial, call, changeOf(trial))
        assert.equal(await isRefusedSignIn(trial.elsewhere, person.email, PASSWORD), true, call)
        trial.clock.advance(1)
        const started = await signIn(trial.elsewhere, person.email, NEXT_PASSWORD)
        assert.equal(await isAcceptedStrictly(trial.here, started), true, call)
        assert.equal(await isAcceptedStrictly(trial.here, person.started), false, call)
        assert.equal(await isRefusedRefresh(trial.here, refreshTokenOf(person.started)), true, call)
      }
    },
  },
  {
    id: 'D37',
    promise: 'a deletion that is cut short anywhere lets nobody sign in, and is finished by the next attempt to',
    why: 'half an account stays, and its sessions with it',
    run: async (trial) => {
      for (const call of AFTER_THE_MARK) {
        const person = await cutShort(trial, call, deletionOf(trial))
        assert.equal(await isRefusedSignIn(trial.elsewhere, person.email), true, call)
        await assertGone(trial, person)
      }
    },
  },
  {
    id: 'D38',
    promise:
      'a deletion that is cut short anywhere is finished by the same request where the session still lives, and by a registration of the address',
    why: 'the address stays taken for ever',
    run: async (trial) => {
      for (const call of AFTER_THE_MARK) {
        const person = await cutShort(trial, call, deletionOf(trial))
        if (await isAcceptedStrictly(trial.here, person.started)) {
          assert.equal(await trial.here.auth.deleteAccount(await principal(trial.here, person.started), PASSWORD, CONTEXT), 'deleted', call)
        }
        const again = await trial.elsewhere.auth.register({ email: person.email, password: NEXT_PASSWORD, name: null }, CONTEXT)
        assert.equal(again.outcome, 'registered', call)
        await assertGone(trial, person)
      }
    },
  },
  {
    id: 'D39',
    promise: 'with the stores down every use case fails as unavailable: no sign-in is refused, none passes, no strict check passes',
    why: 'an outage signs everybody out, or lets everybody in',
    run: async (trial) => {
      const { here, script } = trial
      const person = await someone(here)
      const caller = await principal(here, person.started)
      const { accessToken } = person.started.credentials
      script.failAll(DOWN)
      const attempts: readonly (() => Promise<unknown>)[] = [
        () => here.auth.logIn({ email: person.email, password: PASSWORD }, CONTEXT),
        () => here.auth.register({ email: 'another@example.org', password: PASSWORD, name: null }, CONTEXT),
        () => here.auth.refresh(refreshTokenOf(person.started), CONTEXT),
        async () => here.auth.authorize(accessToken, { access: 'signed-in', strict: true }),
        () => here.auth.changeProfile(caller, { name: 'x' }, CONTEXT),
        () => here.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT),
        () => here.auth.deleteAccount(caller, PASSWORD, CONTEXT),
        () => here.auth.sessions.list(caller, { limit: 10, cursor: null }),
        () => here.auth.limit([{ name: 'x', subject: 'network', limit: 1, windowSeconds: 1 }], { account: null, address: null }),
        ...(trial.strategy === 'session' ? [async () => here.auth.authorize(accessToken, { access: 'signed-in' })] : []),
      ]
      for (const attempt of attempts) await assert.rejects(attempt, DOWN)
      script.failAll(null)
      assert.equal(await isAccepted(here, person.started), true)
    },
  },
]
