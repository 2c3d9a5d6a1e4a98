import assert from 'node:assert/strict'
import type { Principal, RequestContext, StartedSession, User, Verdict } from '@sallyport/core'
import { newToken } from '../stores/samples.ts'
import type { DomainTrial, Instance } from './domain-trial.ts'

export const CONTEXT: RequestContext = { address: '203.0.113.7', userAgent: 'conformance/1.0', requestId: 'r-1' }
export const PASSWORD = 'correct horse battery staple'
export const NEXT_PASSWORD = 'a quite different sentence'

export interface Person {
  readonly email: string
  readonly user: User
  readonly started: StartedSession
}

/** Registers somebody new and signs them in. */
export async function someone(at: Instance): Promise<Person> {
  const email = `${newToken().toLowerCase()}@example.org`.replaceAll('_', 'x')
  const registered = await at.auth.register({ email, password: PASSWORD, name: 'Ada' }, CONTEXT)
  assert.equal(registered.outcome, 'registered')
  assert.ok('user' in registered)
  return { email, user: registered.user, started: registered.started }
}

export async function signIn(at: Instance, email: string, password: string = PASSWORD): Promise<StartedSession> {
  const signedIn = await at.auth.logIn({ email, password }, CONTEXT)
  assert.equal(signedIn.outcome, 'signed-in')
  assert.ok('started' in signedIn)
  return signedIn.started
}

export async function isRefusedSignIn(at: Instance, email: string, password: string = PASSWORD): Promise<boolean> {
  return (await at.auth.logIn({ email, password }, CONTEXT)).outcome === 'bad-credentials'
}

export async function check(at: Instance, started: StartedSession): Promise<Verdict> {
  return at.auth.authorize(started.credentials.accessToken, { access: 'signed-in' })
}

export async function isAccepted(at: Instance, started: StartedSession): Promise<boolean> {
  return (await check(at, started)).allowed
}

export async function isAcceptedStrictly(at: Instance, started: StartedSession): Promise<boolean> {
  return (await at.auth.authorize(started.credentials.accessToken, { access: 'signed-in', strict: true })).allowed
}

export async function principal(at: Instance, started: StartedSession): Promise<Principal> {
  const verdict = await check(at, started)
  assert.ok(verdict.allowed && verdict.principal !== null, 'the session is refused')
  return verdict.principal
}

/** The token that prolongs this session in either strategy. */
export function refreshTokenOf({ credentials }: StartedSession): string {
  return credentials.refreshToken ?? credentials.accessToken
}

export async function refreshed(at: Instance, token: string): Promise<StartedSession> {
  const outcome = await at.auth.refresh(token, CONTEXT)
  assert.equal(outcome.outcome, 'refreshed')
  assert.ok('credentials' in outcome)
  return outcome
}

export async function isRefusedRefresh(at: Instance, token: string): Promise<boolean> {
  return (await at.auth.refresh(token, CONTEXT)).outcome === 'refused'
}

/** The session is over: refused here at once, by refresh and by strict rules everywhere at once, and everywhere within the revocation bound. */
export async function assertEnded(trial: DomainTrial, started: StartedSession): Promise<void> {
  assert.equal(await isAccepted(trial.here, started), false, 'accepted where it ended')
  assert.equal(await isAcceptedStrictly(trial.elsewhere, started), false, 'accepted under a strict rule elsewhere')
  assert.equal(await isRefusedRefresh(trial.elsewhere, refreshTokenOf(started)), true, 'refreshed elsewhere')
  trial.clock.advance(trial.here.auth.revocationBoundSeconds * 1000)
  assert.equal(await isAccepted(trial.elsewhere, started), false, 'accepted elsewhere after the revocation bound')
  assert.equal(await isAccepted(trial.here, started), false, 'accepted again where it ended')
}

/** Lives on, and does after the bound too. */
export async function assertLives(trial: DomainTrial, started: StartedSession): Promise<void> {
  assert.equal(await isAccepted(trial.here, await refreshed(trial.elsewhere, refreshTokenOf(started))), true, 'does not live on')
}
