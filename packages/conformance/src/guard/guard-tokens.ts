import assert from 'node:assert/strict'
import type { DomainTrial, TokenParts } from '../domain/domain-trial.ts'
import { CONTEXT, PASSWORD, refreshTokenOf, signIn, someone, type Person } from '../domain/people.ts'
import { newToken } from '../stores/samples.ts'
import { resigning } from './resigned-tokens.ts'

/** Credentials of every kind, good ones by who shows them. */
export interface GuardTokens {
  readonly plain: string
  readonly editor: string
  readonly admin: string
  /** Good, with roles and scopes that are only nearly those of `editor` and `admin`. */
  readonly nearly: string
  /** Good, and its sign-in is two minutes old. */
  readonly stale: string
  readonly expired: string
  /** Its session was ended by its owner. */
  readonly revoked: string
  /** Its account is gone. */
  readonly deleted: string
  /** Good at another deployment. */
  readonly foreign: string
  /** `plain` with one character of its secret or signature changed. */
  readonly forged: string
  /** `plain` with somebody else's identity in it. */
  readonly swapped: string
  /** Signed by our own key for somebody else: of another issuer, for another audience, and of another type. In the session strategy, which signs nothing, tokens without a signature. */
  readonly otherIssuer: string
  readonly otherAudience: string
  readonly otherType: string
  /** A refresh token in the jwt strategy; in the session strategy, which has none, a signed token. */
  readonly otherKind: string
  /** Who each good one is. */
  readonly userIds: { readonly plain: string; readonly editor: string; readonly admin: string; readonly stale: string }
}

const UNSIGNED = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${Buffer.from('{"sub":"somebody"}').toString('base64url')}.`

/** Made in an order in which the clock can do its part: what has to be old comes first. */
export async function guardTokens(trial: DomainTrial, foreign: DomainTrial, parts: TokenParts): Promise<GuardTokens> {
  const { here, clock, strategy } = trial
  const expired = await someone(here)
  clock.advance(3 * 3600 * 1000)
  const stale = await someone(here)
  clock.advance(120_000)

  const [plain, editor, admin] = [await someone(here), await withRoles(trial, ['editor']), await withRoles(trial, ['admin'])]
  const nearly = await withRoles(trial, ['Editor', 'edit', 'editors', 'reader'])
  const [revoked, deleted, elsewhere] = [await someone(here), await someone(here), await someone(foreign.here)]
  await here.auth.logOut([refreshTokenOf(revoked.started)], CONTEXT)
  const gone = await here.auth.authorize(tokenOf(deleted), { access: 'signed-in' })
  assert.ok(gone.allowed && gone.principal !== null)
  assert.equal(await here.auth.deleteAccount(gone.principal, PASSWORD, CONTEXT), 'deleted')

  const good = tokenOf(plain)
  const resigned = strategy === 'jwt' ? await resigning(trial, parts, good) : () => UNSIGNED
  return {
    plain: good,
    editor: tokenOf(editor),
    admin: tokenOf(admin),
    nearly: tokenOf(nearly),
    stale: tokenOf(stale),
    expired: tokenOf(expired),
    revoked: tokenOf(revoked),
    deleted: tokenOf(deleted),
    foreign: tokenOf(elsewhere),
    forged: `${good.slice(0, -10)}${good.at(-10) === 'A' ? 'B' : 'A'}${good.slice(-9)}`,
    swapped: swapped(good, tokenOf(admin)),
    otherIssuer: resigned({ iss: 'https://auth.evil.example' }),
    otherAudience: resigned({ aud: 'https://other.example.test' }),
    otherType: resigned({ typ: 'JWT' }),
    otherKind: strategy === 'jwt' ? refreshTokenOf(plain.started) : UNSIGNED,
    userIds: { plain: plain.user.id, editor: editor.user.id, admin: admin.user.id, stale: stale.user.id },
  }
}

function tokenOf({ started }: Person): string {
  return started.credentials.accessToken
}

/** The last part of one token behind the others of another: whose it says it is and what proves it do not belong together. */
function swapped(proof: string, claim: string): string {
  const at = (token: string): number => token.lastIndexOf('.')
  return `${claim.slice(0, at(claim))}${proof.slice(at(proof))}`
}

async function withRoles(trial: DomainTrial, roles: readonly string[]): Promise<Person> {
  const person = await someone(trial.here)
  const user = { ...person.user, roles, version: person.user.version + 1 }
  assert.equal(await trial.stores.users.replace({ user, identity: null, attemptId: newToken() }), 'replaced')
  return { ...person, started: await signIn(trial.here, person.email) }
}
