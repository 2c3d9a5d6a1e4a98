import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { handCached, handJwtCheck, handLambda, handSessionCheck, type HandSession, type HandUser } from './hand.ts'
import { eventText, ORIGIN, type LambdaResult } from './lambda-event.ts'
import { dividedBy, interleave, ratioOf, seriesOf, type Candidate, type Effort, type Series } from './measure.ts'
import { AUDIENCE, ourApp, type OurApp } from './our-app.ts'
import { authJsDatabaseApp, authJsJwtApp, betterAuthApi, betterAuthApp, proveApp } from './peer-apps.ts'
import { detailsOf, type Details, type GroupReport, type Row } from './report.ts'

type Handle = (event: string) => LambdaResult | Promise<LambdaResult>

/** Ours and the reference answer the same event with the same body and headers; only then is the one measured against the other. */
interface Pair {
  readonly name: string
  readonly reference: Handle
  readonly ours: Handle
  readonly event: string
}

/** Goal 5: GET me from the text of a Lambda event to the result, over a store that answers at once: what the framework itself costs. */
export async function meGroup(effort: Effort): Promise<GroupReport> {
  const session = await ourApp({ strategy: 'session', hash: 'trivial' })
  const jwt = await ourApp({ strategy: 'jwt', hash: 'trivial' })
  const jwtCached = await ourApp({ strategy: 'jwt', hash: 'trivial', cache: true })
  const bearer = await sessionPair('session, bearer', session, eventText(me({ authorization: `Bearer ${session.accessToken}` })), session.accessToken)
  const cookieToken = session.cookie.slice(session.cookie.indexOf('=') + 1)
  const cookie = await sessionPair('session, cookie', session, eventText({ ...me({}), cookies: [session.cookie] }), cookieToken)
  const others = [cookie, await jwtPair('jwt', jwt, false), await jwtPair('jwt, same token again', jwtCached, true)]

  const peers = [await betterAuthApp('memory'), await betterAuthApp('sqlite'), await authJsDatabaseApp(), await authJsJwtApp()]
  for (const app of peers) await proveApp(app)
  const api = await betterAuthApi()
  const candidates = [
    ours(bearer),
    ...peers.map(({ name, handle, me: event }): Candidate => ({ name, run: () => handle(event), asynchronous: true })),
    { ...api, asynchronous: true },
  ]
  const results = await interleave(reference(bearer), candidates, effort)
  const rows = goalRows(
    results,
    peers.map(({ name }) => seriesOf(results, name)),
  )
  const details: Details[] = [detailsOf('GET me from a Lambda event', 'the reference', results)]
  for (const pair of others) {
    const pairResults = await interleave(reference(pair), [ours(pair)], effort)
    rows.push({
      goal: 5,
      what: `GET me, ${pair.name} / reference`,
      ours: ratioOf(seriesOf(pairResults, ours(pair).name).rates),
      bound: { atLeast: 0.8 },
    })
    details.push(detailsOf(`GET me, ${pair.name}`, 'the reference', pairResults))
  }
  await Promise.all([session, jwt, jwtCached].map(({ close }) => close()))
  return { rows, details }
}

function goalRows(results: ReadonlyMap<string, Series>, peers: readonly Series[]): Row[] {
  const own = seriesOf(results, 'Sallyport, session, bearer').rates
  const byRate = peers.toSorted((a, b) => ratioOf(b.rates).median - ratioOf(a.rates).median)
  const [best] = byRate
  const betterAuth = byRate.find(({ name }) => name.startsWith('better-auth'))
  assert.ok(best !== undefined && betterAuth !== undefined)
  return [
    {
      goal: 5,
      what: 'GET me, session, bearer / reference',
      ours: ratioOf(own),
      bound: { atLeast: 0.8 },
      bestPeer: { name: best.name, ratio: ratioOf(best.rates) },
    },
    { goal: 5, what: `GET me / the fastest peer (${best.name})`, ours: dividedBy(own, best.rates), bound: { atLeast: 10 } },
    { goal: 5, what: `GET me / ${betterAuth.name}`, ours: dividedBy(own, betterAuth.rates), bound: { atLeast: 100 } },
  ]
}

function me(headers: Readonly<Record<string, string>>): {
  readonly method: 'GET'
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
} {
  return { method: 'GET', path: '/auth/me', headers }
}

function ours({ name, ours: handle, event }: Pair): Candidate {
  // Ours answers with a value where nothing had to be waited for; `await` takes both.
  return { name: `Sallyport, ${name}`, run: () => handle(event), asynchronous: true }
}

function reference({ name, reference: handle, event }: Pair): Candidate {
  return { name: `reference, ${name}`, run: () => handle(event), asynchronous: true }
}

async function sessionPair(name: string, app: OurApp, event: string, token: string): Promise<Pair> {
  const answer = await app.handle(event)
  const found = sessionFrom(answer, null)
  const sessions = new Map([[hash('sha256', token, 'base64url'), found]])
  return proven({
    name,
    ours: app.handle,
    event,
    reference: handLambda({ check: handSessionCheck(sessions), headers: answer.headers, cookie: cookieName(app) }),
  })
}

async function jwtPair(name: string, app: OurApp, cached: boolean): Promise<Pair> {
  const event = eventText(me({ authorization: `Bearer ${app.accessToken}` }))
  const { headers } = await app.handle(event)
  const [jwk] = await app.publicKeys()
  assert.ok(jwk)
  const check = handJwtCheck({ jwk, issuer: ORIGIN, audience: AUDIENCE })
  return proven({
    name,
    ours: app.handle,
    event,
    reference: handLambda({ check: cached ? handCached(check) : check, headers, cookie: cookieName(app) }),
  })
}

function sessionFrom({ body }: LambdaResult, asOf: number | null): HandSession {
  const { user, session } = JSON.parse(body) as { user: HandUser; session: { id: string; authenticatedAt: string } }
  return { user, sessionId: session.id, authenticatedAt: Date.parse(session.authenticatedAt), expiresAt: Date.now() + 86_400_000, asOf }
}

function cookieName({ cookie }: OurApp): string {
  return cookie.slice(0, cookie.indexOf('='))
}

async function proven(pair: Pair): Promise<Pair> {
  const [own, hand] = [await pair.ours(pair.event), await pair.reference(pair.event)]
  assert.equal(own.statusCode, 200, own.body)
  assert.deepEqual(withoutInstant(hand), withoutInstant(own), `${pair.name}: the reference answers otherwise`)
  const strangers = eventText(me({ authorization: 'Bearer nobody' }))
  assert.equal((await pair.ours(strangers)).statusCode, 401)
  assert.equal((await pair.reference(strangers)).statusCode, 401)
  return pair
}

/** `asOf` of a session is the instant of the answer. */
function withoutInstant({ body, ...rest }: LambdaResult): object {
  const { asOf, ...members } = JSON.parse(body) as { asOf: string }
  return { ...rest, body: members, length: body.length, dated: asOf.length }
}
