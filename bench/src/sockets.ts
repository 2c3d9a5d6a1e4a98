import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { PublicJwk } from '@sallyport/core'
import { bundleOfOurs } from './bundle.ts'
import type { HandUser } from './hand.ts'
import { load, onCore } from './load.ts'
import { interleaveSlices, ratioOf, seriesOf, type Effort, type Slice } from './measure.ts'
import { detailsOf, type GroupReport } from './report.ts'
import type { BareWork } from './servers/bare.ts'
import type { ServerReady } from './servers/report-server.ts'

interface Server {
  readonly name: string
  readonly ready: ServerReady
  /** In microseconds, since it started. */
  readonly cpu: () => Promise<number>
  readonly stop: () => void
}

type Strategy = 'session' | 'jwt'
type Level = 'silent' | 'info'

const SECONDS = 1
const BETTER_AUTH = 'better-auth, memory, toNodeHandler'

/**
 * Goal 6: GET me over sockets, each server in a process of its own. The rate is requests per second of the server's CPU time: what one busy core can
 * answer, whether or not the load generator is able to keep it busy.
 */
export async function socketsGroup({ rounds }: Effort): Promise<GroupReport> {
  const reports: GroupReport[] = []
  for (const [strategy, level] of [
    ['session', 'silent'],
    ['session', 'info'],
    ['jwt', 'silent'],
  ] as const) {
    reports.push(await compare(strategy, level, Math.floor(rounds / 2)))
  }
  return { rows: reports.flatMap(({ rows }) => rows), details: reports.flatMap(({ details }) => details) }
}

async function compare(strategy: Strategy, level: Level, rounds: number): Promise<GroupReport> {
  const ours = await start(`Sallyport, ${strategy}`, 'ours.ts', [strategy, level])
  const bare = await start('bare node:http', 'bare.ts', [], { BENCH_WORK: JSON.stringify(await bareWork(ours, level)) })
  const withPeer = strategy === 'session' && level === 'silent'
  const servers = [bare, ours, ...(withPeer ? [await start(BETTER_AUTH, 'better-auth.ts', [])] : [])]
  try {
    await proveAlike(ours, bare)
    for (const server of servers) await sliceOf(server)
    const results = await interleaveSlices([bare.name, ...servers.slice(1).map(({ name }) => name)], rounds, (name) =>
      sliceOf(servers.find((server) => server.name === name) ?? bare),
    )
    const peer = withPeer ? { bestPeer: { name: BETTER_AUTH, ratio: ratioOf(seriesOf(results, BETTER_AUTH).rates) } } : {}
    const what = `GET me over sockets, ${strategy}, ${level === 'info' ? 'a log line each' : 'no log'} / bare node:http`
    return {
      rows: [{ goal: 6, what, ours: ratioOf(seriesOf(results, ours.name).rates), bound: { atLeast: 0.95 }, ...peer }],
      details: [detailsOf(what.slice(0, what.indexOf(' / ')), bare.name, results)],
    }
  } finally {
    for (const server of servers) server.stop()
  }
}

async function sliceOf({ ready, cpu }: Server): Promise<Slice> {
  const before = await cpu()
  const requests = await load(ready, SECONDS)
  const cpuMicroseconds = ((await cpu()) - before) / requests
  return { rate: 1 / cpuMicroseconds, cpuMicroseconds }
}

async function start(
  name: string,
  source: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Server> {
  const file = fileURLToPath(new URL(`servers/${source}`, import.meta.url))
  const [program, ...rest] = onCore(0, [process.execPath, '--conditions=sallyport-source', file, ...parameters])
  const env = { ...process.env, BENCH_OURS: await bundleOfOurs(), ...environment }
  const child: ChildProcess = spawn(program, rest, { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const died = once(child, 'exit').then(() => {
    throw new Error(`The server "${name}" ended`)
  })
  const next = async (): Promise<unknown> => (await Promise.race([once(child, 'message'), died]))[0]
  const ready = (await next()) as ServerReady
  died.catch(() => undefined)
  return {
    name,
    ready,
    cpu: async () => {
      const answer = next()
      child.send('cpu')
      return (await answer) as number
    },
    stop: () => child.disconnect(),
  }
}

/** The bare server gives the answer that ours gave, from the same record or token. */
async function bareWork({ ready }: Server, level: Level): Promise<BareWork> {
  const { headers, body } = await get(ready)
  const { user, session } = JSON.parse(body) as { user: HandUser; session: { id: string; authenticatedAt: string } }
  return {
    token: ready.headers['authorization']?.slice('Bearer '.length) ?? '',
    session: { user, sessionId: session.id, authenticatedAt: Date.parse(session.authenticatedAt), expiresAt: Date.now() + 86_400_000, asOf: null },
    headers,
    jwk: (ready.jwk as PublicJwk | undefined) ?? null,
    log: level === 'info',
  }
}

const PER_ANSWER = ['connection', 'content-length', 'date', 'keep-alive', 'x-request-id']

async function get({
  port,
  path,
  headers,
}: ServerReady): Promise<{ readonly status: number; readonly headers: Record<string, string>; readonly names: string[]; readonly body: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { headers })
  const all = [...response.headers]
  return {
    status: response.status,
    headers: Object.fromEntries(all.filter(([name]) => !PER_ANSWER.includes(name))),
    names: all.map(([name]) => name),
    body: await response.text(),
  }
}

async function proveAlike(ours: Server, bare: Server): Promise<void> {
  const [own, other] = await Promise.all([get(ours.ready), get(bare.ready)])
  const comparable = ({ body, ...rest }: typeof own): object => ({ ...rest, ...(JSON.parse(body) as object), asOf: null, length: body.length })
  assert.deepEqual(comparable(other), comparable(own), 'the bare server answers otherwise')
  for (const { ready } of [ours, bare]) assert.equal((await get({ ...ready, headers: { authorization: 'Bearer nobody' } })).status, 401)
}
