import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

export interface Program {
  readonly file: string
  readonly environment: NodeJS.ProcessEnv
}

export interface Footprint {
  readonly peakMiB: number
  readonly loadsUndici: boolean
}

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

export function run({ file, environment }: Program, flags: readonly string[] = []): Ended {
  return spawnSync(process.execPath, [...flags, file], { env: environment, encoding: 'utf8' })
}

/** From the call to the end of the process, in milliseconds. */
export function wallOf(program: Program): number {
  const started = performance.now()
  run(program)
  return performance.now() - started
}

/** From the call until it says `word`, in milliseconds; then it is stopped. Rejects when it ends without. */
export async function wallToWord(
  program: Program,
  word: string,
  flags: readonly string[] = [],
): Promise<{ readonly milliseconds: number; readonly stdout: string }> {
  const started = performance.now()
  const child = spawn(process.execPath, [...flags, program.file], { env: program.environment, stdio: ['ignore', 'pipe', 'inherit'] })
  return new Promise((resolve, reject) => {
    let milliseconds: number | null = null
    let stdout = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      if (milliseconds !== null || !stdout.includes(word)) return
      milliseconds = performance.now() - started
      child.kill('SIGTERM')
    })
    child.on('error', reject).on('close', () => {
      if (milliseconds === null) reject(new Error(`${program.file} never said "${word}"`))
      else resolve({ milliseconds, stdout })
    })
  })
}

/** In kilobytes of a thousand bytes. */
export function sizeOf({ file }: Program): { readonly minified: number; readonly gzip: number } {
  const bytes = readFileSync(file)
  return { minified: bytes.length / 1000, gzip: gzipSync(bytes, { level: 9 }).length / 1000 }
}

/** Linux counts the parent's memory into `maxRSS`, since a process begins as a copy of it; its own high-water mark is exact. */
const PROBE = `const peakKiB = () => {
  try {
    return Number(/VmHWM:\\s+(\\d+)/.exec(process.getBuiltinModule('node:fs').readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return process.memoryUsage.rss() / 1024
  }
}
process.on('exit', () => console.log(JSON.stringify({
  peakMiB: peakKiB() / 1024,
  loadsUndici: process.moduleLoadList.some((name) => name.includes('deps/undici')),
})))`

/** With them a program's last line is its `Footprint`. Not for runs whose time counts. */
export const PROBE_FLAGS: readonly string[] = ['--import', `data:text/javascript,${encodeURIComponent(PROBE)}`]

export function footprintIn(stdout: string): Footprint {
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Footprint
}

export function written(name: string, text: string): string {
  const file = fileURLToPath(new URL(`../dist/${name}.mjs`, import.meta.url))
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  return file
}

/** A probe that never sees undici proves nothing when it sees none. */
export function proveProbe(environment: NodeJS.ProcessEnv): void {
  const control = written('undici-control', "new Request('https://example.com')\n")
  assert.ok(footprintIn(run({ file: control, environment }, PROBE_FLAGS).stdout).loadsUndici, 'the probe does not see undici when it is there')
}
