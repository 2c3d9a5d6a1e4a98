import assert from 'node:assert/strict'
import type { Clause } from '../clause.ts'
import { assertRefused } from './guard-clauses.ts'
import type { GuardKitAnswer, GuardTrial } from './guard-harness.ts'
import type { HostedIssuerTrial } from './hosted-issuer.ts'
import { shown } from './guard-requests.ts'

/** After a fetch that failed, and before a client has lost patience. */
const LATER_MS = 10_000

const issuerOf = ({ hosted }: GuardTrial): HostedIssuerTrial => {
  assert.ok(hosted !== null, 'the harness checks no hosted tokens')
  return hosted
}

const show = ({ ask, harness }: GuardTrial, target: string, token: string): Promise<GuardKitAnswer> => {
  const [method = '', path = ''] = target.split(' ')
  return ask({ method, path, headers: shown(token, harness) })
}

const asHosted = (trial: GuardTrial): GuardKitAnswer => ({ allowed: true, userId: issuerOf(trial).userId })
const asPlain = ({ tokens }: GuardTrial): GuardKitAnswer => ({ allowed: true, userId: tokens.userIds.plain })

/** For renderings behind which the tokens of a hosted issuer are checked, too. */
export const hostedGuardClauses: readonly Clause<GuardTrial>[] = [
  {
    id: 'GI1',
    promise: 'a good token of the hosted issuer and a good token of ours are both let in, each as whom it names',
    why: 'whoever comes from the other issuer is locked out, or let in as somebody of ours',
    run: async (trial) => {
      assert.deepEqual(await show(trial, 'POST /posts', issuerOf(trial).token()), asHosted(trial))
      assert.deepEqual(await show(trial, 'POST /posts', trial.tokens.plain), asPlain(trial))
    },
  },
  {
    id: 'GI2',
    promise: 'roles are those that the issuer signed',
    why: 'a claim that is not read locks out, and one that is not compared lets in',
    run: async (trial) => {
      assertRefused(await show(trial, 'GET /drafts', issuerOf(trial).token()), 'forbidden')
      assertRefused(await show(trial, 'GET /drafts', issuerOf(trial).token({ roles: ['admin'] })), 'forbidden')
      assert.deepEqual(await show(trial, 'GET /drafts', issuerOf(trial).token({ roles: ['editor'] })), asHosted(trial))
    },
  },
  {
    id: 'GI3',
    promise: 'a token of the issuer that is expired, is for another audience, is of another issuer or of ours, or has another signature is refused',
    why: 'whoever has a token of some service gets in here',
    run: async (trial) => {
      const issuer = issuerOf(trial)
      const seconds = Math.floor(trial.clock.now() / 1000)
      const bad = [
        issuer.token({ iat: seconds - 600, exp: seconds }),
        issuer.token({ aud: 'https://other.example.test' }),
        issuer.token({ iss: 'https://issuer.evil.example/' }),
        issuer.token({ iss: trial.ownIssuer, aud: trial.ownIssuer }),
        issuer.forged(),
      ]
      for (const token of bad) assertRefused(await show(trial, 'POST /posts', token), 'unauthenticated')
      assert.deepEqual(await show(trial, 'POST /posts', issuer.token()), asHosted(trial))
    },
  },
  {
    id: 'GI4',
    promise: 'a strict rule lets nobody in with a token of the issuer, whatever its roles, and a sign-in of which it does not say when is not fresh',
    why: 'there is no session to read, and a token can be newer than the sign-in that it came from',
    run: async (trial) => {
      const admin = issuerOf(trial).token({ roles: ['admin'] })
      assertRefused(await show(trial, 'DELETE /vault', admin), 'unauthenticated')
      assertRefused(await show(trial, 'POST /transfer', admin), 'not-fresh')
      assert.deepEqual(await show(trial, 'DELETE /posts/7', admin), asHosted(trial))
    },
  },
  {
    id: 'GO3',
    promise: 'while the keys of the issuer cannot be had its tokens are neither let in nor called bad; ours work, and afterwards its own do',
    why: 'an outage of the issuer opens the door, signs everybody out, or shuts the door for as long as a gateway remembers',
    run: async (trial) => {
      const issuer = issuerOf(trial)
      const token = issuer.token()
      issuer.reach(false)
      assertRefused(await show(trial, 'POST /posts', token), 'unavailable')
      assert.deepEqual(await show(trial, 'POST /posts', trial.tokens.plain), asPlain(trial))
      issuer.reach(true)
      trial.clock.advance(LATER_MS)
      assert.deepEqual(await show(trial, 'POST /posts', token), asHosted(trial))
    },
  },
]
