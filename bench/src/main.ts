// `npm run bench [-- [--quick] [--details] [--write] [group …]]`: Sallyport and its peers side by side. See README.md for the method.
import { loadavg } from 'node:os'
import type { Effort } from './measure.ts'
import { detailTable, goalTable, type GroupReport } from './report.ts'
import { writeReport } from './write-report.ts'

type Group = (effort: Effort) => Promise<GroupReport>

/** Imported when their turn comes: a group shares the process with as little as can be. */
const GROUPS: Readonly<Record<string, () => Promise<Group>>> = {
  verify: async () => (await import('./verify.ts')).verifyGroup,
  me: async () => (await import('./me.ts')).meGroup,
  lambda: async () => (await import('./lambda.ts')).lambdaGroup,
  login: async () => (await import('./login.ts')).loginGroup,
  sockets: async () => (await import('./sockets.ts')).socketsGroup,
  gate: async () => (await import('./gate.ts')).gateGroup,
  stores: async () => (await import('./stores.ts')).storesGroup,
  apps: async () => (await import('./app-starts.ts')).appStarts,
  start: async () => (await import('./start.ts')).startGroup,
}
const FLAGS = ['--quick', '--details', '--write']
const FULL: Effort = { rounds: 9, sliceMs: 60 }
const QUICK: Effort = { rounds: 3, sliceMs: 20 }
/** Of the minute before the run. */
const QUIET_LOAD = 0.8

// Before any peer is loaded: some look at it only then.
process.env['NODE_ENV'] = 'production'

const given = process.argv.slice(2)
const unknown = given.filter((argument) => !FLAGS.includes(argument) && !Object.hasOwn(GROUPS, argument))
if (unknown.length > 0) {
  console.error(`not known: ${unknown.join(' ')}; there are ${[...Object.keys(GROUPS), ...FLAGS].join(' ')}`)
  process.exit(2)
}
const wanted = Object.entries(GROUPS).filter(([name]) => given.includes(name))

const [load = 0] = loadavg()
if (load > QUIET_LOAD)
  console.error(`Something else is at work here (load average ${load.toFixed(1)}): the figures of goals 6 to 9 most of all will not be worth much.`)

const reports: GroupReport[] = []
for (const [name, loadGroup] of wanted.length > 0 ? wanted : Object.entries(GROUPS)) {
  const started = performance.now()
  process.stderr.write(`${name} … `)
  const group = await loadGroup()
  reports.push(await group(given.includes('--quick') ? QUICK : FULL))
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0)} s\n`)
}

console.log(goalTable(reports.flatMap(({ rows }) => rows)))
if (given.includes('--details'))
  for (const detail of reports.flatMap(({ details }) => details)) console.log(`\n${detail.title}\n${detailTable(detail)}`)
if (given.includes('--write')) writeReport(reports, load)
