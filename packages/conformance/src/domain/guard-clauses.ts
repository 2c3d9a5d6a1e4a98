import assert from 'node:assert/strict'
import { StoreUnavailableError, type RateLimit, type Rule } from '@sallyport/core'
import type { Clause } from '../clause.ts'
import { newToken } from '../stores/samples.ts'
import type { DomainTrial } from './domain-trial.ts'
import { CONTEXT, isRefusedSignIn, NEXT_PASSWORD, PASSWORD, principal, refreshed, refreshTokenOf, signIn, someone, type Person } from './people.ts'

async function withRoles(trial: DomainTrial, roles: readonly string[]): Promise<Person> {
  const person = await someone(trial.here)
  const user = { ...person.user, roles, version: person.user.version + 1 }
  assert.equal(await trial.stores.users.replace({ user, identity: null, attemptId: newToken() }), 'replaced')
  return { ...person, started: await signIn(trial.here, person.email) }
}

const LIMITS: readonly RateLimit[] = [
  { name: 'password', subject: 'account', limit: 10, windowSeconds: 3600 },
  { name: 'password', subject: 'pair', limit: 5, windowSeconds: 900 },
]

export const guardClauses: readonly Clause<DomainTrial>[] = [
  {
    id: 'D45',
    promise: 'a rule is decided by role, scope and freshness, at their exact edges, and without a credential by nothing',
    why: 'people get in where they may not',
    run: async (trial) => {
      const [plain, admin] = [await someone(trial.here), await withRoles(trial, ['admin', 'auditor'])]
      const decide = async (person: Person | null, rule: Rule): Promise<string> => {
        const verdict = await trial.here.auth.authorize(person?.started.credentials.accessToken ?? null, rule)
        return verdict.allowed ? 'allowed' : verdict.refusal
      }
      const signedIn = { access: 'signed-in' } as const
      assert.equal(await decide(null, { access: 'public' }), 'allowed')
      assert.equal(await decide(null, signedIn), 'unauthenticated')
      assert.equal(await decide(plain, signedIn), 'allowed')
      assert.equal(await decide(plain, { ...signedIn, roles: ['admin'] }), 'forbidden')
      assert.equal(await decide(admin, { ...signedIn, roles: ['owner', 'admin'] }), 'allowed')
      assert.equal(await decide(admin, { ...signedIn, roles: ['Admin'] }), 'forbidden')
      assert.equal(await decide(admin, { ...signedIn, roles: [] }), 'forbidden')
      assert.equal(await decide(plain, { ...signedIn, scopes: ['profile'] }), 'allowed')
      assert.equal(await decide(plain, { ...signedIn, scopes: ['profile', 'users:write'] }), 'forbidden')
      assert.equal(await decide(admin, { ...signedIn, scopes: ['profile', 'users:write'], strict: true }), 'allowed')
      // Tokens tell the sign-in in whole seconds.
      trial.clock.moveTo(Math.floor(plain.started.session.authenticatedAt / 1000) * 1000 + 60_000 - 1)
      assert.equal(await decide(plain, { ...signedIn, freshSeconds: 60 }), 'allowed')
      trial.clock.advance(1000)
      assert.equal(await decide(plain, { ...signedIn, freshSeconds: 60 }), 'not-fresh')
      assert.equal(await decide(plain, { ...signedIn, freshSeconds: 60, roles: ['admin'] }), 'forbidden')
    },
  },
  {
    id: 'D46',
    promise: 'a refresh does not make a sign-in fresh',
    why: 'a stolen session passes where a recent password is demanded',
    run: async (trial) => {
      const { started } = await someone(trial.here)
      trial.clock.advance(61_000)
      const next = await refreshed(trial.here, refreshTokenOf(started))
      const verdict = await trial.here.auth.authorize(next.credentials.accessToken, { access: 'signed-in', freshSeconds: 60 })
      assert.deepEqual([verdict.allowed, verdict.allowed ? null : verdict.refusal], [false, 'not-fresh'])
    },
  },
  {
    id: 'D47',
    promise:
      'of many guesses at once exactly as many pass as one limit says and never more than the tightest of several, over all instances; the window ends at its instant',
    why: 'parallel guesses slip past the count',
    run: async (trial) => {
      const at = Math.ceil(trial.clock.now() / 900_000) * 900_000
      trial.clock.moveTo(at)
      const request = { account: newToken(), address: '203.0.113.9' }
      const admitted = async (limits: readonly RateLimit[], account: string): Promise<number> => {
        const guesses = Array.from({ length: 20 }, (_, index) =>
          (index % 2 === 0 ? trial.here : trial.elsewhere).auth.limit(limits, { ...request, account }),
        )
        return (await Promise.all(guesses)).filter((admission) => admission.admitted).length
      }
      assert.equal(await admitted(LIMITS.slice(1), newToken()), 5)
      // Counters of several limits may be reached in different orders: then fewer pass, never more.
      const passed = await admitted(LIMITS, request.account)
      assert.ok(passed >= 1 && passed <= 5)
      const refused = await trial.here.auth.limit(LIMITS, request)
      assert.equal(refused.admitted, false)
      assert.ok(refused.retryAfterSeconds >= 1)
      trial.clock.moveTo(at + 900_000 - 1)
      assert.equal((await trial.here.auth.limit(LIMITS.slice(1), request)).admitted, false)
      trial.clock.moveTo(at + 900_000)
      assert.equal((await trial.here.auth.limit(LIMITS.slice(1), request)).admitted, true)
    },
  },
  {
    id: 'D48',
    promise: 'limits count each account and each network for itself, an IPv6 network as a whole, and requests without address together',
    why: 'one address of many, or none at all, escapes the limit',
    run: async ({ here }) => {
      const network: readonly RateLimit[] = [{ name: newToken(), subject: 'network', limit: 1, windowSeconds: 3600 }]
      const admitted = async (address: string | null): Promise<boolean> => (await here.auth.limit(network, { account: null, address })).admitted
      assert.equal(await admitted('2001:db8::1'), true)
      assert.equal(await admitted('2001:db8::ffff:2'), false)
      assert.equal(await admitted('2001:db8:0:1::1'), true)
      assert.equal(await admitted('203.0.113.7'), true)
      assert.equal(await admitted('::ffff:203.0.113.7'), false)
      assert.equal(await admitted('203.0.113.8'), true)
      assert.equal(await admitted(null), true)
      assert.equal(await admitted('nonsense'), false)
    },
  },
  {
    id: 'D49',
    promise: 'every outcome is audited under its stable name, and no event contains a password, token, hash or address',
    why: 'nobody can see an attack, or the log is one',
    run: async (trial) => {
      const person = await someone(trial.here)
      const secrets = [PASSWORD, NEXT_PASSWORD, person.email, person.started.credentials.accessToken, refreshTokenOf(person.started), '203.0.113.7']
      await trial.here.auth.register({ email: person.email, password: PASSWORD, name: null }, CONTEXT)
      await isRefusedSignIn(trial.here, person.email, NEXT_PASSWORD)
      const started = await signIn(trial.here, person.email)
      secrets.push(started.credentials.accessToken, refreshTokenOf(started))
      await trial.here.auth.refresh('noise', CONTEXT)
      const next = await refreshed(trial.here, refreshTokenOf(started))
      const caller = await principal(trial.here, next)
      await trial.here.auth.changeProfile(caller, { name: 'B' }, CONTEXT)
      await trial.here.auth.changePassword(caller, { currentPassword: NEXT_PASSWORD, newPassword: PASSWORD }, CONTEXT)
      const changed = await trial.here.auth.changePassword(caller, { currentPassword: PASSWORD, newPassword: NEXT_PASSWORD }, CONTEXT)
      assert.ok(changed.outcome === 'changed')
      await trial.here.auth.sessions.endAll(caller, 'others', CONTEXT)
      const last = await signIn(trial.here, person.email, NEXT_PASSWORD)
      await trial.here.auth.deleteAccount(await principal(trial.here, last), NEXT_PASSWORD, CONTEXT)
      const names = new Set(trial.events.map(({ name }) => name))
      for (const name of [
        'user.registered',
        'user.registration-refused',
        'login.succeeded',
        'login.failed',
        'session.refreshed',
        'session.refresh-refused',
        'user.changed',
        'password.change-refused',
        'password.changed',
        'session.all-ended',
        'user.deleted',
      ] as const) {
        assert.ok(names.has(name), `${name} was not audited`)
      }
      const text = JSON.stringify(trial.events)
      for (const secret of secrets) assert.equal(text.includes(secret), false)
      assert.ok(trial.events.every(({ name, network }) => name.startsWith('key.') || network === '203.0.113.0/24'))
    },
  },
  {
    id: 'D50',
    promise: 'when the audit log fails, the answer is unavailable or goes out, as configured',
    why: 'an attack that fills the disk is invisible, or an outage of the log is an outage of everything',
    run: async (trial) => {
      const person = await someone(trial.here)
      const blocking = await trial.startBlocking()
      trial.failAudit(new Error('disk full'))
      await assert.rejects(signIn(blocking, person.email), StoreUnavailableError)
      assert.ok(await signIn(trial.here, person.email))
      trial.failAudit(null)
    },
  },
  {
    id: 'D51',
    promise: 'a token with the right ids and another secret or mac opens nothing, prolongs nothing and ends nothing',
    why: 'ids appear in lists and logs; whoever reads one would be its owner',
    run: async (trial) => {
      const [person, other] = [await someone(trial.here), await someone(trial.here)]
      const forge = (token: string, from: string): string => `${token.slice(0, token.lastIndexOf('.'))}${from.slice(from.lastIndexOf('.'))}`
      const access = forge(person.started.credentials.accessToken, other.started.credentials.accessToken)
      const refresh = forge(refreshTokenOf(person.started), refreshTokenOf(other.started))
      for (const at of [trial.here, trial.elsewhere]) {
        assert.equal((await at.auth.authorize(access, { access: 'signed-in' })).allowed, false)
        assert.equal((await at.auth.authorize(access, { access: 'signed-in', strict: true })).allowed, false)
        assert.deepEqual(await at.auth.refresh(refresh, CONTEXT), { outcome: 'refused' })
        await at.auth.logOut([access, refresh], CONTEXT)
      }
      assert.ok(await refreshed(trial.elsewhere, refreshTokenOf(person.started)))
    },
  },
]
