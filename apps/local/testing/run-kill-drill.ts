// Shows what the README promises of `kill -9`. Usage: npm run drill -- [kills], 200 when left out. Exits 1 when anything that was answered is lost.
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { killDrill } from './kill-drill.ts'

const kills = Number(process.argv[2] ?? '200')
const directory = mkdtempSync(join(tmpdir(), 'sallyport-drill-'))
const { acknowledged, lost } = await killDrill(directory, kills, () => randomInt(2 ** 32) / 2 ** 32)
rmSync(directory, { recursive: true, force: true })
const { registered, changed, signedOut } = acknowledged
console.log(`${kills} kills; answered: ${registered} registrations, ${changed} changes of password, ${signedOut} sign-outs; lost: ${lost.length}`)
for (const line of lost) console.log(`  ${line}`)
process.exitCode = lost.length === 0 && registered > 0 ? 0 : 1
