import assert from 'node:assert/strict'
import { claimsOf, passwordIdentityKey, type User } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newToken } from '../stores/samples.ts'
import type { DomainTrial } from './domain-trial.ts'
import { check, CONTEXT, isAccepted, isRefusedSignIn, NEXT_PASSWORD, PASSWORD, principal, signIn, someone, type Person } from './people.ts'
import { outdatedHash } from './plain-hasher.ts'

async function setStatus(trial: DomainTrial, person: Person, status: User['status']): Promise<void> {
  const user = await trial.stores.users.find(person.user.id)
  assert.ok(user !== null)
  await trial.stores.users.replace({ user: { ...user, status, version: user.version + 1 }, identity: null, attemptId: newToken() })
}

async function storedHash(trial: DomainTrial, person: Person): Promise<string | null> {
  return (await trial.stores.users.findByIdentity(passwordIdentityKey(person.user.email)))?.identity.passwordHash ?? null
}

async function plantOutdatedHash(trial: DomainTrial, person: Person): Promise<string> {
  const found = await trial.stores.users.findByIdentity(passwordIdentityKey(person.user.email))
  assert.ok(found !== null)
  const passwordHash = outdatedHash(PASSWORD)
  const user = { ...found.user, version: found.user.version + 1 }
  await trial.stores.users.replace({ user, identity: { ...found.identity, passwordHash }, attemptId: newToken() })
  return passwordHash
}

export const signInClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D1',
    promise: 'who registers is signed in, on every instance, and can sign in again by any spelling of the address',
    why: 'the main job',
    run: async ({ here, elsewhere }) => {
      const person = await someone(here)
      const verdict = await check(elsewhere, person.started)
      assert.ok(verdict.allowed && verdict.principal !== null)
      assert.equal(verdict.principal.userId, person.user.id)
      assert.deepEqual(verdict.principal.profile, claimsOf(person.user))
      assert.deepEqual(verdict.principal.scopes, ['profile'])
      for (const spelling of [person.email, person.email.toUpperCase(), ` ${person.email}\t`, person.email.replace('@', '＠')]) {
        assert.equal((await principal(here, await signIn(elsewhere, spelling))).userId, person.user.id)
      }
    },
  },
  {
    id: 'D2',
    promise: 'a sign-in is refused in one way with one hash of work: unknown, wrong, disabled, deleting, impossible address, impossible password',
    why: 'whoever can tell the difference learns who has an account',
    run: async (trial) => {
      const { here, hasher } = trial
      const [known, disabled, deleting] = [await someone(here), await someone(here), await someone(here)]
      await setStatus(trial, disabled, 'disabled')
      await setStatus(trial, deleting, 'deleting')
      const attempts: readonly (readonly [string, string])[] = [
        ['nobody@example.org', PASSWORD],
        [known.email, 'wrong horse battery staple'],
        [disabled.email, PASSWORD],
        [deleting.email, PASSWORD],
        ['not an address', PASSWORD],
        [known.email, '\ud800'],
        [known.email, 'x'.repeat(5000)],
      ]
      for (const [email, password] of attempts) {
        const before = hasher.work()
        assert.deepEqual(await here.auth.logIn({ email, password }, CONTEXT), { outcome: 'bad-credentials' })
        assert.equal(hasher.work() - before, 1, `${email.slice(0, 20)} costs another number of hashes`)
      }
    },
  },
  {
    id: 'D3',
    promise: 'a sign-in that raced a change of password is refused, though its password was right when it was checked',
    why: 'somebody who knows the old password keeps a session through the change',
    run: async ({ here, elsewhere, script }) => {
      const person = await someone(here)
      const caller = await principal(here, person.started)
      script.before('sessions.create', async () => {
        const changed = await elsewhere.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT)
        assert.equal(changed.outcome, 'changed')
      })
      assert.equal(await isRefusedSignIn(here, person.email, PASSWORD), true)
    },
  },
  {
    id: 'D4',
    promise: 'a sign-in that raced a deletion is refused',
    why: 'a session outlives its user',
    run: async ({ here, elsewhere, script }) => {
      const person = await someone(here)
      const caller = await principal(here, person.started)
      script.before('sessions.create', async () => {
        assert.equal(await elsewhere.auth.deleteAccount(caller, PASSWORD, CONTEXT), 'deleted')
      })
      assert.equal(await isRefusedSignIn(here, person.email), true)
    },
  },
  {
    id: 'D5',
    promise: 'a sign-in that raced a change of the profile carries the new one',
    why: 'a withdrawn role lives on in the session that was made at that moment',
    run: async ({ here, elsewhere, script }) => {
      const person = await someone(here)
      const caller = await principal(here, person.started)
      script.before('sessions.create', async () => {
        await elsewhere.auth.changeProfile(caller, { name: 'Augusta' }, CONTEXT)
      })
      assert.equal((await principal(here, await signIn(here, person.email))).profile?.name, 'Augusta')
    },
  },
  {
    id: 'D6',
    promise: 'a stored hash below the policy is replaced at the sign-in',
    why: 'hashes stay as weak as on the day they were made',
    run: async (trial) => {
      const person = await someone(trial.here)
      const outdated = await plantOutdatedHash(trial, person)
      const started = await signIn(trial.here, person.email)
      assert.equal(await isAccepted(trial.elsewhere, started), true)
      assert.notEqual(await storedHash(trial, person), outdated)
      assert.equal(await isAccepted(trial.here, await signIn(trial.elsewhere, person.email)), true)
    },
  },
  {
    id: 'D7',
    promise: 'replacing a hash never overwrites a password that was changed meanwhile',
    why: 'the old password comes back to life',
    run: async (trial) => {
      const { here, elsewhere, script } = trial
      const person = await someone(here)
      await plantOutdatedHash(trial, person)
      const caller = await principal(here, person.started)
      script.before('users.replace', async () => {
        const changed = await elsewhere.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT)
        assert.equal(changed.outcome, 'changed')
      })
      assert.equal(await isRefusedSignIn(here, person.email, PASSWORD), true)
      assert.equal(await isRefusedSignIn(here, person.email, PASSWORD), true)
      assert.equal(await isAccepted(here, await signIn(here, person.email, NEXT_PASSWORD)), true)
    },
  },
  {
    id: 'D8',
    promise: 'of many registrations of one address in many spellings exactly one succeeds, and the passwords of the others never work',
    why: 'two people share an account, or somebody owns the account of a person they raced',
    run: async ({ here, elsewhere }) => {
      const local = newToken().toLowerCase().replaceAll('_', 'x')
      const spellings = [
        `${local}@example.org`,
        `${local.toUpperCase()}@Example.ORG`,
        ` ${local}@example.org`,
        `${local}＠example.org`,
        `${local}@example。org`,
      ]
      const attempts = Array.from({ length: 25 }, (_, index) => ({
        email: spellings[index % 5] ?? '',
        password: `the password of caller ${index}`,
        name: null,
      }))
      const outcomes = await Promise.all(attempts.map((command, index) => (index % 2 === 0 ? here : elsewhere).auth.register(command, CONTEXT)))
      const winners = outcomes.flatMap(({ outcome }, index) => (outcome === 'registered' ? [index] : []))
      assert.equal(winners.length, 1)
      assert.ok(outcomes.every(({ outcome }, index) => index === winners[0] || outcome === 'identity-taken'))
      for (const [index, { email, password }] of attempts.entries()) {
        assert.equal(await isRefusedSignIn(elsewhere, email, password), index !== winners[0])
      }
    },
  },
  {
    id: 'D9',
    promise: 'a new password is refused with its reason before anything is stored',
    why: 'weak passwords get in, or people cannot tell why theirs does not',
    run: async ({ here, script }) => {
      const email = `${newToken().toLowerCase()}@example.org`.replaceAll('_', 'x')
      const reasons = [
        ['too short', 'too-short'],
        ['x'.repeat(300), 'too-long'],
        ['passwordpassword', 'common'],
        [email, 'context'],
        ['lone surrogate \ud800', 'malformed'],
      ] as const
      for (const [password, refusal] of reasons) {
        assert.deepEqual(await here.auth.register({ email, password, name: null }, CONTEXT), { outcome: 'password-refused', refusal })
      }
      assert.deepEqual(await here.auth.register({ email: 'nonsense', password: PASSWORD, name: null }, CONTEXT), { outcome: 'invalid-email' })
      assert.deepEqual(script.calls, [])
      const person = await someone(here)
      const caller = await principal(here, person.started)
      const unchanged = await here.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: PASSWORD }, CONTEXT)
      assert.deepEqual(unchanged, { outcome: 'password-refused', refusal: 'unchanged' })
    },
  },
  {
    id: 'D10',
    promise: 'the same password in another Unicode form is the same password, at registration, sign-in and change',
    why: 'people who change keyboards are locked out',
    run: async ({ here }) => {
      const [composed, decomposed] = ['caf\u00e9 au lait, s\u00fcss bitte', 'cafe\u0301 au lait, su\u0308ss bitte']
      const person = await someone(here)
      const caller = await principal(here, person.started)
      const changed = await here.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: composed }, CONTEXT)
      assert.equal(changed.outcome, 'changed')
      assert.equal(await isAccepted(here, await signIn(here, person.email, decomposed)), true)
    },
  },
]
