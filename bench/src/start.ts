import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { bundle, loadOurs } from './bundle.ts'
import { interleaveSlices, ratioOf, seriesOf, type Effort, type Ratio } from './measure.ts'
import type { Figure, GroupReport } from './report.ts'

const ISSUER = 'https://auth.example.com'
const AUDIENCE = 'https://api.example.com'
const OURS = 'Sallyport'
const EMPTY = 'an empty module'

/** Modules that check one token with a given key set and end: an authorizer from cold to its first answer. Theirs are in `starts/`, bundled like ours. */
const STARTS = {
  [OURS]: 'starts/authorizer.ts',
  jose: 'starts/jose.mjs',
  'aws-jwt-verify': 'starts/aws-jwt-verify.mjs',
  'fast-jwt': 'starts/fast-jwt.mjs',
  jsonwebtoken: 'starts/jsonwebtoken.mjs',
}

const COMMON_JS = ['aws-jwt-verify', 'fast-jwt', 'jsonwebtoken']

interface Program {
  readonly file: string
  readonly environment: NodeJS.ProcessEnv
}

interface Footprint {
  readonly peakMiB: number
  readonly loadsUndici: boolean
}

/** Goal 9, the part that is here: what every request waits for when its function starts. */
export async function startGroup({ rounds }: Effort): Promise<GroupReport> {
  const environment = await tokenInEnvironment()
  const programs = new Map<string, Program>([[EMPTY, { file: emptyModule(), environment }]])
  for (const [name, source] of Object.entries(STARTS)) {
    programs.set(name, {
      file: await bundle(new URL(source, import.meta.url), `start-${name.toLowerCase()}`, { commonJs: COMMON_JS.includes(name) }),
      environment,
    })
  }
  for (const [name, program] of programs) if (name !== EMPTY) prove(name, program)

  const walls = await interleaveSlices([EMPTY, ...Object.keys(STARTS)], 4 * rounds, (name) => Promise.resolve(wallOf(programs, name)))
  const wallRatios = [...walls.values()].map(({ name, rates }) => ({ name, ratio: ratioOf(rates.map((rate) => 1 / rate)) }))
  const sizes = Object.keys(STARTS).map((name) => ({ name, ...sizeOf(programs, name) }))
  const footprints = [...programs].map(([name, program]) => ({ name, ...footprintOf(program, rounds) }))
  const emptyMiB = footprints.find(({ name }) => name === EMPTY)?.peakMiB ?? Number.NaN
  assert.ok(footprintOf({ file: undiciControl(), environment }, 1).loadsUndici, 'the probe does not see undici when it is there')

  const ours = (figures: readonly Figure[]): Ratio => figures.find(({ name }) => name === OURS)?.ratio ?? exactly(Number.NaN)
  const lowest = (figures: readonly Figure[]): Figure =>
    figures.filter(({ name }) => name !== OURS && name !== EMPTY).toSorted((a, b) => a.ratio.median - b.ratio.median)[0] as Figure
  const gzip = sizes.map(({ name, gzipKb }) => ({ name, ratio: exactly(gzipKb) }))
  const minified = sizes.map(({ name, kb }) => ({ name, ratio: exactly(kb) }))
  const rss = footprints.map(({ name, peakMiB }) => ({ name, ratio: exactly(peakMiB - emptyMiB) }))
  const undici = footprints.map(({ name, loadsUndici }) => ({ name, ratio: exactly(loadsUndici ? 1 : 0) }))
  return {
    rows: [
      {
        goal: 9,
        what: 'authorizer, process start to first verdict / an empty module',
        ours: ours(wallRatios),
        bound: { atMost: 1.25 },
        bestPeer: lowest(wallRatios),
      },
      { goal: 9, what: 'authorizer bundle, minified', ours: ours(minified), unit: ' kB', bestPeer: lowest(minified) },
      { goal: 9, what: 'authorizer bundle, gzip', ours: ours(gzip), bound: { atMost: 12 }, unit: ' kB', bestPeer: lowest(gzip) },
      { goal: 9, what: 'authorizer, undici loaded (0 is no)', ours: ours(undici), bound: { atMost: 0 } },
      { goal: 9, what: 'authorizer, peak memory above an empty module', ours: ours(rss), bound: { atMost: 10 }, unit: ' MiB', bestPeer: lowest(rss) },
    ],
    details: [
      {
        title: 'Start of an authorizer, from the process to its first verdict',
        base: EMPTY,
        rows: wallRatios.map(({ name, ratio }) => ({ name, ratio, cpuMicroseconds: seriesOf(walls, name).cpuMicroseconds[0] ?? null })),
      },
    ],
  }
}

async function tokenInEnvironment(): Promise<NodeJS.ProcessEnv> {
  const signer = (await loadOurs()).tokenSigner()
  const { publicJwk, privateJwk } = await signer.generate('RS256')
  const now = Math.floor(Date.now() / 1000)
  const payload = { iss: ISSUER, sub: 'u', aud: AUDIENCE, client_id: 'c', iat: now, exp: now + 3600, jti: 'j', sid: 's', auth_time: now }
  const token = await signer.sign(payload, await signer.importPrivate(privateJwk, publicJwk))
  return {
    PATH: process.env['PATH'],
    BENCH_ISSUER: ISSUER,
    BENCH_AUDIENCE: AUDIENCE,
    BENCH_TOKEN: token,
    BENCH_JWKS: JSON.stringify({ keys: [publicJwk] }),
  }
}

function emptyModule(): string {
  return written('empty', 'export {}\n')
}

function undiciControl(): string {
  return written('undici-control', "new Request('https://example.com')\n")
}

function written(name: string, text: string): string {
  const file = fileURLToPath(new URL(`../dist/${name}.mjs`, import.meta.url))
  writeFileSync(file, text)
  return file
}

/** Ends with 0 for the good token and with another number for a forged one. */
function prove(name: string, { file, environment }: Program): void {
  const good = run(file, environment)
  assert.equal(good.status, 0, `${name} does not accept a good token: ${good.stderr}`)
  const forged = environment['BENCH_TOKEN']?.replace(/\.[^.]*$/, `.${'A'.repeat(342)}`)
  assert.notEqual(run(file, { ...environment, BENCH_TOKEN: forged }).status, 0, `${name} accepts a forged token`)
}

function run(
  file: string,
  environment: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): { readonly status: number | null; readonly stdout: string; readonly stderr: string } {
  return spawnSync(process.execPath, [...flags, file], { env: environment, encoding: 'utf8' })
}

function wallOf(programs: ReadonlyMap<string, Program>, name: string): { rate: number; cpuMicroseconds: number | null } {
  const program = programs.get(name)
  assert.ok(program)
  const started = performance.now()
  run(program.file, program.environment)
  return { rate: 1000 / (performance.now() - started), cpuMicroseconds: null }
}

function sizeOf(programs: ReadonlyMap<string, Program>, name: string): { readonly kb: number; readonly gzipKb: number } {
  const program = programs.get(name)
  assert.ok(program)
  const bytes = readFileSync(program.file)
  return { kb: bytes.length / 1000, gzipKb: gzipSync(bytes, { level: 9 }).length / 1000 }
}

const PROBE = `process.on('exit', () => console.log(JSON.stringify({
  peakMiB: process.resourceUsage().maxRSS / 1024,
  loadsUndici: process.moduleLoadList.some((name) => name.includes('deps/undici')),
})))`

/** In runs of their own, since the probe takes time. */
function footprintOf({ file, environment }: Program, times: number): Footprint {
  const flags = ['--import', `data:text/javascript,${encodeURIComponent(PROBE)}`]
  const seen = Array.from({ length: times }, () => JSON.parse(run(file, environment, flags).stdout) as Footprint)
  return { peakMiB: ratioOf(seen.map(({ peakMiB }) => peakMiB)).median, loadsUndici: seen.some(({ loadsUndici }) => loadsUndici) }
}

function exactly(value: number): Ratio {
  return { median: value, least: value, most: value }
}
