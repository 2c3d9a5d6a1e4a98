import assert from 'node:assert/strict'
import { bundle, loadOurs } from './bundle.ts'
import { localStart } from './local-start.ts'
import { interleaveSlices, ratioOf, type Effort, type Ratio, type Series } from './measure.ts'
import { footprintIn, PROBE_FLAGS, proveProbe, run, sizeOf, wallOf, written, type Program } from './processes.ts'
import type { Details, Figure, GroupReport } from './report.ts'
import { AUDIENCE, ISSUER } from './token-samples.ts'

const OURS = 'Sallyport'
const EMPTY = 'an empty module'

/** Modules that check one token with a given key set and end: an authorizer from cold to its first answer. */
const STARTS = {
  [OURS]: { source: 'starts/authorizer.ts', commonJs: false },
  jose: { source: 'starts/jose.mjs', commonJs: false },
  'aws-jwt-verify': { source: 'starts/aws-jwt-verify.mjs', commonJs: true },
  'fast-jwt': { source: 'starts/fast-jwt.mjs', commonJs: true },
  jsonwebtoken: { source: 'starts/jsonwebtoken.mjs', commonJs: true },
}

/** Goal 9, the part that is here: what every request waits for when its function starts. */
export async function startGroup(effort: Effort): Promise<GroupReport> {
  const environment = await tokenInEnvironment()
  proveProbe(environment)
  const authorizers = await authorizerStarts(environment, effort)
  const local = await localStart(effort)
  return { rows: [...authorizers.rows, ...local.rows], details: [...authorizers.details, ...local.details] }
}

async function authorizerStarts(environment: NodeJS.ProcessEnv, { rounds }: Effort): Promise<GroupReport> {
  const empty: Program = { file: written('empty', 'export {}\n'), environment }
  const programs = new Map<string, Program>()
  for (const [name, { source, commonJs }] of Object.entries(STARTS)) {
    programs.set(name, { file: await bundle(new URL(source, import.meta.url), `start-${name.toLowerCase()}`, { commonJs }), environment })
  }
  for (const [name, program] of programs) prove(name, program)

  const walls = await interleaveSlices([EMPTY, ...programs.keys()], 4 * rounds, (name) => {
    const milliseconds = wallOf(programs.get(name) ?? empty)
    return Promise.resolve({ rate: 1 / milliseconds, cpuMicroseconds: null })
  })
  const emptyMiB = peakOf(empty, rounds)
  const figures = (measure: (program: Program) => number): readonly Figure[] =>
    [...programs].map(([name, program]) => ({ name, ratio: exactly(measure(program)) }))
  const row = (
    what: string,
    all: readonly Figure[],
  ): { readonly goal: 9; readonly what: string; readonly ours: Ratio; readonly bestPeer: Figure } => {
    const [ours, ...peers] = all
    const [bestPeer] = peers.toSorted((a, b) => a.ratio.median - b.ratio.median)
    assert.ok(ours !== undefined && bestPeer !== undefined)
    return { goal: 9, what: `authorizer, ${what}`, ours: ours.ratio, bestPeer }
  }
  const { loadsUndici } = footprintIn(run(programs.get(OURS) ?? empty, PROBE_FLAGS).stdout)
  const wallFigures = wallRatios(walls).filter(({ name }) => name !== EMPTY)
  return {
    rows: [
      { ...row('process start to first verdict / an empty module', wallFigures), bound: { atMost: 1.25 } },
      {
        ...row(
          'bundle, minified',
          figures((program) => sizeOf(program).minified),
        ),
        unit: ' kB',
      },
      {
        ...row(
          'bundle, gzip',
          figures((program) => sizeOf(program).gzip),
        ),
        bound: { atMost: 12 },
        unit: ' kB',
      },
      { goal: 9, what: 'authorizer, undici loaded (0 is no)', ours: exactly(loadsUndici ? 1 : 0), bound: { atMost: 0 } },
      {
        ...row(
          'peak memory above an empty module',
          figures((program) => peakOf(program, rounds) - emptyMiB),
        ),
        bound: { atMost: 10 },
        unit: ' MiB',
      },
    ],
    details: [startDetails('Start of an authorizer, from the process to its first verdict', walls)],
  }
}

function startDetails(title: string, walls: ReadonlyMap<string, Series>): Details {
  return { title, base: EMPTY, rows: wallRatios(walls).map((figure) => ({ ...figure, cpuMicroseconds: null })) }
}

function wallRatios(walls: ReadonlyMap<string, Series>): readonly Figure[] {
  return [...walls.values()].map(({ name, rates }) => ({ name, ratio: ratioOf(rates.map((rate) => 1 / rate)) }))
}

async function tokenInEnvironment(): Promise<NodeJS.ProcessEnv> {
  const signer = (await loadOurs()).tokenSigner()
  const { publicJwk, privateJwk } = await signer.generate('RS256')
  const now = Math.floor(Date.now() / 1000)
  const payload = { iss: ISSUER, sub: 'u', aud: AUDIENCE, client_id: 'c', iat: now, exp: now + 3600, jti: 'j', sid: 's', auth_time: now }
  const token = await signer.sign(payload, await signer.importPrivate(privateJwk, publicJwk))
  const jwks = JSON.stringify({ keys: [publicJwk] })
  return { PATH: process.env['PATH'], BENCH_ISSUER: ISSUER, BENCH_AUDIENCE: AUDIENCE, BENCH_TOKEN: token, BENCH_JWKS: jwks }
}

/** Ends with 0 for the good token and with another number for a forged one. */
function prove(name: string, { file, environment }: Program): void {
  const good = run({ file, environment })
  assert.equal(good.status, 0, `${name} does not accept a good token: ${good.stderr}`)
  const forged = environment['BENCH_TOKEN']?.replace(/\.[^.]*$/, `.${'A'.repeat(342)}`)
  assert.notEqual(run({ file, environment: { ...environment, BENCH_TOKEN: forged } }).status, 0, `${name} accepts a forged token`)
}

function peakOf(program: Program, times: number): number {
  return ratioOf(Array.from({ length: times }, () => footprintIn(run(program, PROBE_FLAGS).stdout).peakMiB)).median
}

function exactly(value: number): Ratio {
  return { median: value, least: value, most: value }
}
