import assert from 'node:assert/strict'
import type { SignatureAlgorithm } from '@sallyport/core'
import { dividedBy, interleave, ratioOf, seriesOf, type Candidate, type Effort, type Series } from './measure.ts'
import { detailsOf, type Details, type Figure, type GroupReport, type Row } from './report.ts'
import {
  AWS_JWT_VERIFY,
  checkersOf,
  FAST_JWT,
  FAST_JWT_CACHED,
  JOSE,
  JSONWEBTOKEN,
  OURS,
  OURS_CACHED,
  prove,
  proveNoStoreCall,
  rawVerify,
  type Checker,
} from './token-checkers.ts'
import { tokensOf, type Refused, type Tokens } from './token-samples.ts'

const PEERS: readonly string[] = [JOSE, FAST_JWT, AWS_JWT_VERIFY, JSONWEBTOKEN]
const ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA']

/** Goals 1 and 2: good tokens. Goal 3: bad ones. */
export async function verifyGroup(effort: Effort): Promise<GroupReport> {
  const rows: Row[] = []
  const details: Details[] = []
  for (const algorithm of ALGORITHMS) {
    const tokens = await tokensOf(algorithm)
    const checkers = await checkersOf(tokens.jwk)
    for (const checker of checkers) await prove(checker, tokens)
    const raw = rawVerify(tokens)
    const results = await interleave(
      raw,
      checkers.map((checker) => again(checker, tokens.good)),
      effort,
    )
    rows.push(...goodRows(algorithm, results))
    details.push(detailsOf(`Checking a good ${algorithm} token`, `${raw.name} of node:crypto`, results))
    if (algorithm === 'RS256') {
      await proveNoStoreCall(tokens)
      const refusals = await measureRefusals(checkers, tokens, effort)
      rows.push(...refusals.rows)
      details.push(...refusals.details)
    }
  }
  return { rows: rows.toSorted((a, b) => a.goal - b.goal), details }
}

function goodRows(algorithm: SignatureAlgorithm, results: ReadonlyMap<string, Series>): readonly Row[] {
  const ours = seriesOf(results, OURS).rates
  const peers = PEERS.filter((name) => results.has(name)).map((name) => seriesOf(results, name))
  const best = bestOf(peers)
  const bestPeer = figure(best)
  const rows: Row[] = [
    { goal: 1, what: `${algorithm} check / raw verify`, ours: ratioOf(ours), bound: { atLeast: algorithm === 'EdDSA' ? 0.95 : 0.9 }, bestPeer },
  ]
  if (algorithm !== 'RS256') return rows
  const cached = seriesOf(results, OURS_CACHED).rates
  const fastJwt = seriesOf(results, FAST_JWT_CACHED)
  return [
    ...rows,
    { goal: 1, what: `RS256 check / the fastest JS library (${best.name})`, ours: dividedBy(ours, best.rates), bound: { atLeast: 1.3 } },
    { goal: 1, what: 'RS256 check / jose', ours: dividedBy(ours, seriesOf(results, JOSE).rates), bound: { atLeast: 5 } },
    { goal: 2, what: 'same RS256 token again / raw verify', ours: ratioOf(cached), bound: { atLeast: 15 }, bestPeer: figure(fastJwt) },
    { goal: 2, what: 'same RS256 token again / fast-jwt’s cache', ours: dividedBy(cached, fastJwt.rates), bound: { atLeast: 2 } },
  ]
}

const REFUSAL_GOALS: Readonly<Record<Refused, number | null>> = {
  garbage: 50,
  'garbage of a token’s shape': null,
  'unknown kid': 10,
  expired: 10,
  forged: null,
}

async function measureRefusals(checkers: readonly Checker[], tokens: Tokens, effort: Effort): Promise<GroupReport> {
  const candidates = checkers.filter(({ name }) => name === OURS || PEERS.includes(name))
  const own = candidates.find(({ name }) => name === OURS)
  assert.ok(own)
  const rows: Row[] = []
  const details: Details[] = []
  const good = { ...again(own, tokens.good), name: 'a good check' }
  for (const [refused, token] of Object.entries(tokens.bad) as [Refused, string][]) {
    const results = await interleave(
      good,
      candidates.map((checker) => again(checker, token)),
      effort,
    )
    const peers = [...results.values()].filter(({ name }) => PEERS.includes(name))
    const goal = REFUSAL_GOALS[refused]
    if (refused !== 'forged') {
      rows.push({
        goal: 3,
        what: `${refused} / a good check`,
        ours: ratioOf(seriesOf(results, OURS).rates),
        ...(goal === null ? {} : { bound: { atLeast: goal } }),
        bestPeer: figure(bestOf(peers)),
      })
    }
    details.push(detailsOf(`Refusing an RS256 token: ${refused}`, 'Sallyport checking a good one', results))
  }
  return { rows, details }
}

/** Every call gets a string of its own, as a header of a request is one: engines and caches remember the hash of a string they have seen. */
function again({ name, check, asynchronous = false }: Checker, token: string): Candidate {
  const bytes = Buffer.from(token, 'latin1')
  return { name, run: () => check(bytes.toString('latin1')), asynchronous }
}

function bestOf(series: readonly Series[]): Series {
  const [best] = series.toSorted((a, b) => ratioOf(b.rates).median - ratioOf(a.rates).median)
  assert.ok(best)
  return best
}

function figure({ name, rates }: Series): Figure {
  return { name, ratio: ratioOf(rates) }
}
