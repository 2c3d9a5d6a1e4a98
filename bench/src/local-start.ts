import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle } from './bundle.ts'
import { interleaveSlices, ratioOf, seriesOf, type Effort } from './measure.ts'
import { footprintIn, PROBE_FLAGS, sizeOf, wallToWord, written, type Program } from './processes.ts'
import type { GroupReport } from './report.ts'

const SPEAKING = 'a module that says one word'
const LOCAL = 'the local app'
const UP = 'listens on http'

/** The local app as it is bundled, from the process to the line that says where it listens. Its secrets, database and key are there already. */
export async function localStart({ rounds }: Effort): Promise<GroupReport> {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-bench-'))
  try {
    const environment = { PATH: process.env['PATH'], PORT: '0', SALLYPORT_DATA_DIR: directory }
    const app: Program = { file: await bundle(new URL('../../apps/local/src/main.ts', import.meta.url), 'local-app'), environment }
    const empty: Program = { file: written('one-word', `process.stdout.write('${UP}')\n`), environment }
    await wallToWord(app, UP)

    const walls = await interleaveSlices([SPEAKING, LOCAL], 2 * rounds, async (name) => {
      const { milliseconds } = await wallToWord(name === LOCAL ? app : empty, UP)
      return { rate: 1 / milliseconds, cpuMicroseconds: null }
    })
    const probed = footprintIn((await wallToWord(app, UP, PROBE_FLAGS)).stdout)
    const wall = ratioOf(seriesOf(walls, LOCAL).rates.map((rate) => 1 / rate))
    const undici = probed.loadsUndici ? 1 : 0
    const { gzip } = sizeOf(app)
    return {
      rows: [
        { goal: 9, what: 'local app, process start to listening / a module that says one word', ours: wall },
        { goal: 9, what: 'local app, undici loaded (0 is no)', ours: { median: undici, least: undici, most: undici }, bound: { atMost: 0 } },
        { goal: 9, what: 'local app, bundle, gzip', ours: { median: gzip, least: gzip, most: gzip }, unit: ' kB' },
      ],
      details: [],
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
