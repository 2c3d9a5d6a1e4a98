// `npm run bench [-- --quick] [--write] [group …]`: Sallyport and its peers side by side. See README.md for the method.
import { writeReport } from './write-report.ts'
import { goalTable, type GroupReport } from './report.ts'
import type { Effort } from './measure.ts'
import { gateGroup } from './gate.ts'
import { loginGroup } from './login.ts'
import { meGroup } from './me.ts'
import { socketsGroup } from './sockets.ts'
import { startGroup } from './start.ts'
import { verifyGroup } from './verify.ts'

type Group = (effort: Effort) => Promise<GroupReport>

const GROUPS: Readonly<Record<string, Group>> = {
  verify: verifyGroup,
  me: meGroup,
  login: loginGroup,
  sockets: socketsGroup,
  gate: gateGroup,
  start: startGroup,
}

const FULL: Effort = { rounds: 9, sliceMs: 60 }
const QUICK: Effort = { rounds: 3, sliceMs: 20 }

process.env['NODE_ENV'] = 'production'

const names = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const quick = process.argv.includes('--quick')
const unknown = names.filter((name) => !Object.hasOwn(GROUPS, name))
if (unknown.length > 0) {
  console.error(`no group ${unknown.join(', ')}; there are ${Object.keys(GROUPS).join(', ')}`)
  process.exit(2)
}

const reports: GroupReport[] = []
for (const [name, group] of Object.entries(GROUPS)) {
  if (names.length > 0 && !names.includes(name)) continue
  const started = performance.now()
  process.stderr.write(`${name} … `)
  reports.push(await group(quick ? QUICK : FULL))
  process.stderr.write(`${((performance.now() - started) / 1000).toFixed(0)} s\n`)
}

console.log(goalTable(reports.flatMap(({ rows }) => rows).toSorted((a, b) => a.goal - b.goal)))
if (process.argv.includes('--write')) writeReport(reports)
