import assert from 'node:assert/strict'
import type { DomainTrial, Instance } from '@sallyport/conformance'
import { passwordIdentityKey, type Principal, type RequestContext, type StartedSession, type User } from '@sallyport/core'
import { defaultLimits } from '@sallyport/http'

const CONTEXT: RequestContext = { address: '203.0.113.7', userAgent: 'cost/1.0', requestId: null }
const PASSWORD = 'harbour walnut lantern'
let people = 0

const newAddress = (): string => `person-${++people}@example.org`

interface Person {
  readonly email: string
  readonly started: StartedSession
  readonly caller: Principal
}

async function register({ auth }: Instance): Promise<Person> {
  const email = newAddress()
  const registered = await auth.register({ email, password: PASSWORD, name: 'Ada' }, CONTEXT)
  assert.ok(registered.outcome === 'registered')
  const verdict = await auth.authorize(registered.started.credentials.accessToken, { access: 'signed-in' })
  assert.ok(verdict.allowed && verdict.principal !== null)
  return { email, started: registered.started, caller: verdict.principal }
}

async function logIn({ auth }: Instance, email: string): Promise<void> {
  await auth.limit(defaultLimits.password, { account: email, address: CONTEXT.address })
  assert.equal((await auth.logIn({ email, password: PASSWORD }, CONTEXT)).outcome, 'signed-in')
}

async function signUp({ auth }: Instance): Promise<void> {
  await auth.limit(defaultLimits.register, { account: null, address: CONTEXT.address })
  const { outcome } = await auth.register({ email: newAddress(), password: PASSWORD, name: 'Ada' }, CONTEXT)
  assert.equal(outcome, 'registered')
}

async function refresh({ auth }: Instance, { credentials }: StartedSession): Promise<StartedSession> {
  const refreshed = await auth.refresh(credentials.refreshToken ?? credentials.accessToken, CONTEXT)
  assert.ok(refreshed.outcome === 'refreshed')
  return refreshed
}

const logOut = ({ auth }: Instance, { credentials }: StartedSession): Promise<unknown> => auth.logOut([credentials.accessToken], CONTEXT)

/** One use case as the HTTP handlers run it, its rate limit included. `prepare` is not counted. */
export interface UseCase {
  readonly name: string
  readonly prepare: (trial: DomainTrial) => Promise<() => Promise<unknown>>
}

/** `elsewhere` is an instance that did not see what was prepared; one that is `behind` saw it, and not what another did since. */
export const useCases: readonly UseCase[] = [
  {
    name: 'check',
    prepare: async ({ here }) => {
      const { started } = await register(here)
      return async () => here.auth.authorize(started.credentials.accessToken, { access: 'signed-in' })
    },
  },
  {
    name: 'register',
    prepare: async ({ here }) => {
      await signUp(here)
      return () => signUp(here)
    },
  },
  {
    name: 'register, elsewhere',
    prepare: async ({ here, elsewhere }) => {
      await signUp(here)
      return () => signUp(elsewhere)
    },
  },
  {
    name: 'register, behind',
    prepare: async ({ here, elsewhere }) => {
      await signUp(here)
      await signUp(elsewhere)
      return () => signUp(here)
    },
  },
  {
    name: 'login',
    prepare: async ({ here }) => {
      const { email } = await register(here)
      await logIn(here, email)
      return () => logIn(here, email)
    },
  },
  {
    name: 'login, elsewhere',
    prepare: async ({ here, elsewhere }) => {
      const { email } = await register(here)
      await logIn(here, email)
      return () => logIn(elsewhere, email)
    },
  },
  {
    name: 'login, behind',
    prepare: async ({ here, elsewhere }) => {
      const { email, caller } = await register(here)
      await logIn(here, email)
      await elsewhere.auth.changeProfile(caller, { name: 'Ada Lovelace' }, CONTEXT)
      await logIn(elsewhere, email)
      return () => logIn(here, email)
    },
  },
  {
    name: 'login, never before',
    prepare: async ({ elsewhere, hasher, stores }) => {
      const email = newAddress()
      const passwordHash = await hasher.hash(PASSWORD)
      const user = userOf(email)
      // As a move from another store leaves it.
      await stores.users.create(user, { key: passwordIdentityKey(email), userId: user.id, passwordHash, createdAt: user.createdAt })
      return () => logIn(elsewhere, email)
    },
  },
  {
    name: 'refresh',
    prepare: async ({ here }) => {
      const { started } = await register(here)
      return () => refresh(here, started)
    },
  },
  {
    name: 'refresh, elsewhere',
    prepare: async ({ here, elsewhere }) => {
      const { started } = await register(here)
      return () => refresh(elsewhere, started)
    },
  },
  {
    name: 'refresh, behind',
    prepare: async ({ here, elsewhere }) => {
      const { started, caller } = await register(here)
      await elsewhere.auth.changeProfile(caller, { name: 'Ada Lovelace' }, CONTEXT)
      return () => refresh(here, started)
    },
  },
  {
    name: 'logout',
    prepare: async ({ here }) => {
      const { started } = await register(here)
      return () => logOut(here, started)
    },
  },
  {
    name: 'logout, elsewhere',
    prepare: async ({ here, elsewhere }) => {
      const { started } = await register(here)
      return () => logOut(elsewhere, started)
    },
  },
  {
    name: 'logout, behind',
    prepare: async ({ here, elsewhere }) => {
      const { started, caller } = await register(here)
      await elsewhere.auth.changeProfile(caller, { name: 'Ada Lovelace' }, CONTEXT)
      return () => logOut(here, started)
    },
  },
  {
    name: 'end all of 60 sessions',
    prepare: async ({ here }) => {
      const { email, caller } = await register(here)
      for (let index = 1; index < 60; index++) {
        assert.equal((await here.auth.logIn({ email, password: PASSWORD }, CONTEXT)).outcome, 'signed-in')
      }
      return async () => assert.equal(await here.auth.sessions.endAll(caller, 'all', CONTEXT), 60)
    },
  },
]

function userOf(email: string): User {
  return {
    id: `user-of-${email}`,
    email,
    emailVerified: true,
    name: 'Ada',
    roles: [],
    status: 'active',
    attributes: {},
    version: 1,
    credentialsVersion: 1,
    createdAt: 0,
    updatedAt: 0,
  }
}
