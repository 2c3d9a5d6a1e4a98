import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { promisify } from 'node:util'
import { ACCOUNT } from './account.ts'
import { dividedBy, interleave, ratioOf, seriesOf, type Candidate, type Effort, type Series } from './measure.ts'
import { ourApp, type OurApp } from './our-app.ts'
import { authJsJwtApp, betterAuthApp, proveApp, type PeerApp } from './peer-apps.ts'
import { detailsOf, type GroupReport } from './report.ts'

const SESSION = 'Sallyport, session strategy'
const JWT = 'Sallyport, jwt strategy (signs RS256)'
const BARE_HASH = 'bare argon2id'

/** Goal 8: what a login costs beside its hash, and that a login tells nobody who exists. */
export async function loginGroup(effort: Effort): Promise<GroupReport> {
  const framework = await frameworkCost(effort)
  const whole = await wholeLogin(effort)
  return { rows: [...framework.rows, ...whole.rows], details: [...framework.details, ...whole.details] }
}

/** With a hash that costs nothing, what is left is the framework. */
async function frameworkCost(effort: Effort): Promise<GroupReport> {
  const session = await ourApp({ strategy: 'session', hash: 'trivial' })
  const jwt = await ourApp({ strategy: 'jwt', hash: 'trivial' })
  const peers = [await betterAuthApp('memory'), await betterAuthApp('sqlite'), await authJsJwtApp()]
  for (const peer of peers) await proveApp(peer)
  const results = await interleave(await ourLogin(SESSION, session), [await ourLogin(JWT, jwt), ...peers.map(peerLogin)], effort)
  await Promise.all([session.close(), jwt.close()])

  const own = seriesOf(results, SESSION).cpuMicroseconds
  const [best] = peers
    .map(({ name }) => seriesOf(results, name))
    .toSorted((a, b) => ratioOf(a.cpuMicroseconds).median - ratioOf(b.cpuMicroseconds).median)
  assert.ok(best)
  const cpuOf = (
    series: Series,
  ): { readonly ours: ReturnType<typeof ratioOf>; readonly bestPeer: { name: string; ratio: ReturnType<typeof ratioOf> } } => ({
    ours: dividedBy(series.cpuMicroseconds, best.cpuMicroseconds),
    bestPeer: { name: best.name, ratio: ratioOf(best.cpuMicroseconds.map(() => 1)) },
  })
  return {
    rows: [
      {
        goal: 8,
        what: `login without its hash, CPU / ${best.name}`,
        ...cpuOf({ name: SESSION, rates: [], cpuMicroseconds: own }),
        bound: { atMost: 0.1 },
      },
      { goal: 8, what: `the same in the jwt strategy, RS256 signature and all`, ...cpuOf(seriesOf(results, JWT)) },
    ],
    details: [detailsOf('Login with a hash that costs nothing', SESSION, results)],
  }
}

async function wholeLogin({ rounds, sliceMs }: Effort): Promise<GroupReport> {
  const session = await ourApp({ strategy: 'session', hash: 'argon2id' })
  const jwt = await ourApp({ strategy: 'jwt', hash: 'argon2id' })
  // A hash takes 30 ms: slices of ten, or their own noise is all there is to see.
  const effort = { rounds, sliceMs: 5 * sliceMs }
  const wrong = refusedLogin('wrong password', session, session.login('not the password at all'))
  const unknown = refusedLogin('unknown user', session, session.login(ACCOUNT.password, 'nobody@example.com'))
  for (const { run } of [wrong, unknown]) await run()
  const results = await interleave(bareHash(), [await ourLogin(SESSION, session), await ourLogin(JWT, jwt)], effort)
  const refusals = await interleave(wrong, [unknown], effort)
  await Promise.all([session.close(), jwt.close()])

  const timesOf = (name: string): readonly number[] => seriesOf(results, name).rates.map((rate) => 1 / rate)
  const unknownTimes = seriesOf(refusals, unknown.name).rates.map((rate) => 1 / rate)
  return {
    rows: [
      { goal: 8, what: 'whole login / the bare hash (argon2id), session strategy', ours: ratioOf(timesOf(SESSION)), bound: { atMost: 1.03 } },
      { goal: 8, what: 'whole login / the bare hash (argon2id), jwt strategy', ours: ratioOf(timesOf(JWT)), bound: { atMost: 1.03 } },
      { goal: 8, what: 'time of a refusal, unknown user / wrong password', ours: ratioOf(unknownTimes), bound: { within: [0.95, 1.05] } },
    ],
    details: [detailsOf('Login with argon2id', BARE_HASH, results), detailsOf('A login that is refused', wrong.name, refusals)],
  }
}

function bareHash(): Candidate {
  const argon2 = promisify(crypto.argon2)
  const input = {
    message: Buffer.from(ACCOUNT.password),
    nonce: crypto.randomBytes(16),
    secret: crypto.randomBytes(32),
    parallelism: 1,
    tagLength: 32,
    memory: 19_456,
    passes: 2,
  }
  return { name: BARE_HASH, run: () => argon2('argon2id', input), asynchronous: true }
}

async function ourLogin(name: string, app: OurApp): Promise<Candidate> {
  const good = app.login(ACCOUNT.password)
  const signedIn = await app.handle(good)
  assert.equal(signedIn.statusCode, 200, signedIn.body)
  assert.ok((JSON.parse(signedIn.body) as { accessToken?: string }).accessToken)
  assert.equal((await app.handle(app.login('not the password at all'))).statusCode, 401)
  return { name, run: async () => succeed(await app.handle(good)), asynchronous: true }
}

function refusedLogin(name: string, app: OurApp, event: string): Candidate {
  return { name, run: async () => assert.equal((await app.handle(event)).statusCode, 401), asynchronous: true }
}

function peerLogin({ name, handle, login }: PeerApp): Candidate {
  assert.ok(login)
  const event = login(ACCOUNT.password)
  return { name, run: async () => succeed(await handle(event)), asynchronous: true }
}

/** A peer that answers faster because it has begun to refuse shall not win. */
function succeed({ statusCode, body }: { readonly statusCode: number; readonly body: string }): void {
  if (statusCode !== 200) throw new Error(`A login was answered with ${statusCode}: ${body}`)
}
