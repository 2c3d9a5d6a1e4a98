import { JwtVerifier } from 'aws-jwt-verify'
import assert from 'node:assert/strict'
import type { PublicJwk } from '@sallyport/core'
import { loadOurLambda } from './bundle.ts'
import { interleave, ratioOf, seriesOf, type Candidate, type Effort, type Ratio } from './measure.ts'
import { detailsOf, type GroupReport } from './report.ts'
import { AUDIENCE, ISSUER, tokensOf, type Tokens } from './token-samples.ts'

interface TokenEvent {
  readonly type: 'TOKEN'
  readonly authorizationToken: string
  readonly methodArn: string
}

interface Policy {
  readonly principalId: string
  readonly policyDocument: { readonly Statement: readonly { readonly Effect: string; readonly Resource: unknown }[] }
}

type Authorizer = (event: TokenEvent) => Promise<Policy>

const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
const UNSEEN = 'Sallyport, unseen token'
const SEEN = 'Sallyport, same token again'
const ROUTES = [
  { method: 'GET', path: '/posts', rule: { access: 'public' } },
  { method: 'GET', path: '/posts/{id}', rule: { access: 'public' } },
  { method: 'POST', path: '/posts', rule: { access: 'signed-in' } },
  { method: 'DELETE', path: '/posts/{id}', rule: { access: 'signed-in', roles: ['editor'] } },
] as const

/** Goals 1 and 2 as a REST API asks: a TOKEN event in, a policy out; ours says it of every route, the one by hand lets the whole stage through. */
export async function lambdaAuthorizer(effort: Effort): Promise<GroupReport> {
  const tokens = await tokensOf('RS256')
  const peer = awsJwtVerify(tokens.jwk)
  // The smallest cache there is: of three tokens that take turns, each is new whenever it comes.
  const [unseen, seen] = [await ours(tokens.jwk, 2), await ours(tokens.jwk, 1000)]
  for (const authorizer of [peer, unseen, seen]) await prove(authorizer, tokens)

  const base = candidate('aws-jwt-verify and a policy by hand', peer, [tokens.good])
  const candidates = [candidate(UNSEEN, unseen, [tokens.good, ...tokens.others]), candidate(SEEN, seen, [tokens.good])]
  const results = await interleave(base, candidates, effort)
  const ratio = (name: string): Ratio => ratioOf(seriesOf(results, name).rates)
  return {
    rows: [
      { goal: 1, what: 'REST authorizer, event to policy, unseen token / aws-jwt-verify', ours: ratio(UNSEEN), bound: { atLeast: 1.3 } },
      { goal: 2, what: 'REST authorizer, event to policy, same token again / aws-jwt-verify', ours: ratio(SEEN), bound: { atLeast: 15 } },
    ],
    details: [detailsOf('An authorizer of a REST API, from its event to its policy', base.name, results)],
  }
}

async function ours(jwk: PublicJwk, cacheEntries: number): Promise<Authorizer> {
  const { jwtAuthorize, restTokenAuthorizer, systemClock } = await loadOurLambda()
  const authorizer = restTokenAuthorizer({
    authorize: jwtAuthorize({ issuer: ISSUER, audience: AUDIENCE, keys: [jwk], cacheEntries }),
    clock: systemClock,
    transports: ['bearer'],
    publicUrl: ISSUER,
    allowedOrigins: [],
    ttlSeconds: 300,
    revocation: { strategy: 'jwt', accessTokenSeconds: 300, sessionCacheSeconds: 0, maximumSeconds: 900 },
    routes: ROUTES,
    recheckedBehind: false,
    undeclaredPaths: 'not-routed',
  })
  const context = { awsRequestId: '8f5ce7f6-5a2c-4f0a-9d8d-1f0f3f3a0b1c' }
  return (event) => authorizer(event, context)
}

/** As its documentation and AWS's own blueprint put the two together, with the synchronous check, which is the faster one. */
function awsJwtVerify(jwk: PublicJwk): Authorizer {
  const verifier = JwtVerifier.create({ issuer: ISSUER, audience: AUDIENCE, jwksUri: `${ISSUER}/.well-known/jwks.json` })
  verifier.cacheJwks({ keys: [{ ...jwk }] })
  return async ({ authorizationToken, methodArn }) => {
    try {
      const { sub, scope } = verifier.verifySync(authorizationToken.replace(/^Bearer /, ''))
      const [api, stage] = methodArn.split('/')
      return {
        principalId: String(sub),
        policyDocument: { Version: '2012-10-17', Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: [`${api}/${stage}/*`] }] },
        context: { sub, scope },
      }
    } catch {
      throw new Error('Unauthorized')
    }
  }
}

/** Each call gets an event with a string of its own, as the runtime parses one. */
function candidate(name: string, authorizer: Authorizer, tokens: readonly string[]): Candidate {
  const texts = tokens.map((token) => Buffer.from(`Bearer ${token}`, 'latin1'))
  let call = 0
  return {
    name,
    run: () => authorizer(eventOf(texts[call++ % texts.length]?.toString('latin1') ?? '')),
    asynchronous: true,
  }
}

function eventOf(authorizationToken: string): TokenEvent {
  return { type: 'TOKEN', authorizationToken, methodArn: `${STAGE}/POST/posts` }
}

async function prove(authorizer: Authorizer, { good, bad }: Tokens): Promise<void> {
  const { principalId, policyDocument } = await authorizer(eventOf(`Bearer ${good}`))
  assert.equal(principalId, '01890a5d-ac96-774b-bcce-b302099a8057')
  assert.equal(policyDocument.Statement[0]?.Effect, 'Allow')
  for (const token of Object.values(bad)) await assert.rejects(authorizer(eventOf(`Bearer ${token}`)), { message: 'Unauthorized' })
}
