import assert from 'node:assert/strict'
import type { DomainTrial, Instance } from '@sallyport/conformance'
import type { Principal, RequestContext, StartedSession } from '@sallyport/core'
import { defaultLimits } from '@sallyport/http'

const CONTEXT: RequestContext = { address: '203.0.113.7', userAgent: 'cost/1.0', requestId: null }
const PASSWORD = 'harbour walnut lantern'
let people = 0

interface Person {
  readonly email: string
  readonly started: StartedSession
  readonly caller: Principal
}

async function register({ auth }: Instance): Promise<Person> {
  const email = `person-${++people}@example.org`
  const registered = await auth.register({ email, password: PASSWORD, name: 'Ada' }, CONTEXT)
  assert.ok(registered.outcome === 'registered')
  const verdict = await auth.authorize(registered.started.credentials.accessToken, { access: 'signed-in' })
  assert.ok(verdict.allowed && verdict.principal !== null)
  return { email, started: registered.started, caller: verdict.principal }
}

async function logIn({ auth }: Instance, email: string): Promise<void> {
  assert.equal((await auth.logIn({ email, password: PASSWORD }, CONTEXT)).outcome, 'signed-in')
}

/** One use case as the HTTP handlers run it, its rate limit included. `prepare` is not counted. */
export interface UseCase {
  readonly name: string
  readonly prepare: (trial: DomainTrial) => Promise<() => Promise<unknown>>
}

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
      await register(here)
      return async () => {
        await here.auth.limit(defaultLimits.register, { account: null, address: CONTEXT.address })
        await here.auth.register({ email: `person-${++people}@example.org`, password: PASSWORD, name: 'Ada' }, CONTEXT)
      }
    },
  },
  {
    name: 'login',
    prepare: async ({ here }) => {
      const { email } = await register(here)
      return async () => {
        await here.auth.limit(defaultLimits.password, { account: email, address: CONTEXT.address })
        await logIn(here, email)
      }
    },
  },
  {
    name: 'refresh',
    prepare: async ({ here }) => {
      const { credentials } = (await register(here)).started
      return () => here.auth.refresh(credentials.refreshToken ?? credentials.accessToken, CONTEXT)
    },
  },
  {
    name: 'logout',
    prepare: async ({ here }) => {
      const { credentials } = (await register(here)).started
      return () => here.auth.logOut([credentials.accessToken], CONTEXT)
    },
  },
  {
    name: 'end all of 60 sessions',
    prepare: async ({ here }) => {
      const { email, caller } = await register(here)
      for (let index = 1; index < 60; index++) await logIn(here, email)
      return async () => assert.equal(await here.auth.sessions.endAll(caller, 'all', CONTEXT), 60)
    },
  },
]
