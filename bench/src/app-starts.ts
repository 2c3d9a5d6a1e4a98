import { randomBytes } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { eventText, ORIGIN } from './lambda-event.ts'
import { interleaveSlices, ratioOf, seriesOf, type Effort } from './measure.ts'
import { run, wallOf, written, type Program } from './processes.ts'
import type { GroupReport, Row } from './report.ts'

const EMPTY = 'an empty handler'
/** The promises for the authorizer in the session strategy on the lean transport, which it takes unless told otherwise, and in the jwt strategy. */
const AT_MOST: Readonly<Record<string, number>> = { 'aws-lambda authorizer': 1.5, 'aws-lambda authorizer, jwt': 1.25 }

interface Entry {
  /** App and folder, such as `aws-lambda api`. */
  readonly name: string
  readonly program: Program
}

const secret = (): string => randomBytes(32).toString('base64url')
const COMMON = {
  NODE_ENV: 'production',
  SALLYPORT_PUBLIC_URL: ORIGIN,
  SALLYPORT_AUDIENCE: 'bench',
  SALLYPORT_STRATEGY: 'session',
}
const SECRETS = { SALLYPORT_REFRESH_SECRET: secret(), SALLYPORT_KEY_ENCRYPTION_SECRET: secret(), SALLYPORT_PASSWORD_PEPPER: secret() }
/** What only checks has no secret, as the templates deploy it. */
const WITHOUT_SECRETS = new Set(['authorizer', 'posts'])
const AWS = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'an example',
  SALLYPORT_DYNAMODB_TABLE: 'sallyport',
}
const GOOGLE = { SALLYPORT_DATASTORE_PROJECT: 'bench', METADATA_SERVER_DETECTION: 'none' }

interface App {
  readonly folder: string
  /** What it wants to know. Nobody is asked there: the first answer is that of a request without credentials. */
  readonly environment: Readonly<Record<string, string>>
  /** Behind the names of its entries. */
  readonly label?: string
  /** The entries that are started, by function; the `index` of each when left out. */
  readonly modules?: { readonly [name: string]: string }
}

const APPS: readonly App[] = [
  { folder: 'aws-lambda', environment: AWS, modules: { api: 'index', authorizer: 'session-http-simple', posts: 'index' } },
  { folder: 'aws-lambda', environment: { ...AWS, SALLYPORT_STRATEGY: 'jwt' }, label: ', jwt', modules: { authorizer: 'jwt-http-simple' } },
  {
    folder: 'aws-lambda',
    environment: { ...AWS, SALLYPORT_DYNAMODB_TRANSPORT: 'sdk' },
    label: ', SDK',
    modules: { authorizer: 'session-http-simple' },
  },
  { folder: 'google-cloud-functions', environment: GOOGLE },
  { folder: 'firebase-functions', environment: { ...GOOGLE, GCLOUD_PROJECT: 'bench', FUNCTION_TARGET: 'api' } },
  { folder: 'azure-functions', environment: { SALLYPORT_REDIS_URL: 'rediss://127.0.0.1:1' } },
]

/** A module as the cloud's own runtime loads it, and on Lambda, where a handler is a function of an event, its first answer. */
const DRIVER = `const { BENCH_ENTRY: entry, BENCH_EVENT: event } = process.env
const { handler } = await import(entry)
if (event !== undefined) {
  const answer = await handler(JSON.parse(event), { awsRequestId: 'bench', getRemainingTimeInMillis: () => 3000 }).catch((error) => {
    if (error.message !== 'Unauthorized') throw error
  })
  if (answer?.statusCode >= 500) throw new Error('answered ' + answer.statusCode)
}
process.exit(0)
`

/** Goal 9, the deployables: each bundled entry from the process to where it can be called, between starts of an empty handler. */
export async function appStarts({ rounds }: Effort): Promise<GroupReport> {
  const driver = written('start-driver', DRIVER)
  const program = (file: string, environment: Readonly<Record<string, string>>, event?: string): Program => {
    const given = { BENCH_ENTRY: pathToFileURL(file).href, ...(event === undefined ? {} : { BENCH_EVENT: event }) }
    return { file: driver, environment: { PATH: process.env['PATH'], ...COMMON, ...environment, ...given } }
  }
  const empty = program(written('empty-handler', 'export const handler = async () => ({})\n'), {}, '{}')
  const entries: Entry[] = []
  const rows: Row[] = []
  for (const { folder, environment, label = '', modules } of APPS) {
    const built = build(folder, modules)
    if (typeof built === 'string') rows.push(notMeasured(folder, built))
    else
      for (const [entry, file] of built)
        entries.push({
          name: `${folder} ${entry}${label}`,
          program: program(file, { ...(WITHOUT_SECRETS.has(entry) ? {} : SECRETS), ...environment }, folder === 'aws-lambda' ? EVENT : undefined),
        })
  }
  const running = entries.filter((entry) => {
    const { status, stderr } = run(entry.program)
    if (status !== 0) rows.push(notMeasured(entry.name, `it does not start: ${firstError(stderr)}`))
    return status === 0
  })
  if (running.length === 0) return { rows, details: [] }

  const programs = new Map(running.map(({ name, program: each }) => [name, each]))
  const walls = await interleaveSlices([EMPTY, ...programs.keys()], 2 * rounds, (name) =>
    Promise.resolve({ rate: 1 / wallOf(programs.get(name) ?? empty), cpuMicroseconds: null }),
  )
  const started = running.map(({ name }): Row => {
    const bound = AT_MOST[name]
    const ours = ratioOf(seriesOf(walls, name).rates.map((rate) => 1 / rate))
    return {
      goal: 9,
      what: `${name}, process start to ready / ${EMPTY}`,
      ours,
      ...(bound === undefined ? {} : { bound: { atMost: bound } }),
    }
  })
  return { rows: [...started, ...rows], details: [] }
}

/** Serves every front: whoever reads it finds a request without credentials. */
const STAGE = 'arn:aws:execute-api:eu-central-1:123456789012:abcdef1234/prod'
const EVENT = JSON.stringify({
  ...(JSON.parse(eventText({ method: 'GET', path: '/auth/me' })) as object),
  type: 'REQUEST',
  methodArn: `${STAGE}/POST/posts`,
  routeArn: `${STAGE}/POST/posts`,
})

function notMeasured(what: string, reason: string): Row {
  return { goal: 9, what: `${what}, process start to ready / ${EMPTY}`, ours: reason }
}

/** The entries by name, or why there are none. In a folder from where packages that an app leaves out of its bundle are found. */
function build(app: string, modules?: App['modules']): string | readonly (readonly [name: string, file: string])[] {
  const source = fileURLToPath(new URL(`../../apps/${app}`, import.meta.url))
  if (!existsSync(`${source}/build.ts`)) return 'this app has no bundle yet'
  const output = fileURLToPath(new URL(`../dist/apps/${app}`, import.meta.url))
  const { status, stderr } = spawnSync(process.execPath, ['build.ts', output], { cwd: source, encoding: 'utf8' })
  if (status !== 0) return `its build fails: ${firstError(stderr)}`
  return readdirSync(output, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .flatMap((file) => {
      const [, name = 'index', module] = /^(?:([^/\\]+)[/\\])?([\w-]+)\.[cm]?js$/.exec(file) ?? []
      return module !== undefined && module === (modules === undefined ? 'index' : modules[name]) ? [[name, `${output}/${file}`] as const] : []
    })
}

/** In one line what a process said of its end; behind it may stand a line of a bundle that is as long as the bundle. */
function firstError(stderr: string): string {
  const [found] = /^.{0,60}(?:Error\b|ERROR\]).*(?:\n- .*)*/m.exec(stderr) ?? ['it says nothing']
  return found.replaceAll(/\s+/g, ' ').trim().slice(0, 200)
}
