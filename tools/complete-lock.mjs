// Prevents: a lock file written behind a registry mirror that carries only this platform's binaries lists no others, so `npm ci` refuses it
// everywhere ("Missing: … from lock file") and other platforms silently get none. Adds what the parents pin exactly; npm fills in the rest.
// Usage: node tools/complete-lock.mjs [package-lock.json …], after `npm install` changed a lock file.
import { readFileSync, writeFileSync } from 'node:fs'

const systems = {
  darwin: 'darwin',
  win32: 'win32',
  windows: 'win32',
  android: 'android',
  freebsd: 'freebsd',
  openharmony: 'openharmony',
  linux: 'linux',
}
const processors = {
  arm64: 'arm64',
  x64: 'x64',
  64: 'x64',
  arm: 'arm',
  armv7: 'arm',
  ppc64: 'ppc64',
  riscv64: 'riscv64',
  s390x: 's390x',
  ia32: 'ia32',
}
const pick = (table, words) => words.map((word) => table[word]).find((found) => found !== undefined)

for (const file of process.argv.length > 2
  ? process.argv.slice(2)
  : ['package-lock.json', 'tools/checks/package-lock.json', 'bench/package-lock.json']) {
  const lock = JSON.parse(readFileSync(file, 'utf8'))
  const added = []
  for (const [parent, entry] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const nested = `${parent}/node_modules/${name}`
      const hoisted = `node_modules/${name}`
      if (lock.packages[nested] || lock.packages[hoisted]?.version === version || !/^\d+\.\d+\.\d+$/.test(version)) continue
      const words = name.split(/[/-]/)
      const os = pick(systems, words)
      const cpu = pick(processors, words)
      if (os === undefined || cpu === undefined) continue
      const libc = pick({ musl: 'musl', musleabihf: 'musl', gnu: 'glibc', gnueabihf: 'glibc' }, words)
      const limits = { cpu: [cpu], os: [os], ...(os === 'linux' && libc !== undefined ? { libc: [libc] } : {}) }
      lock.packages[lock.packages[hoisted] ? nested : hoisted] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...limits }
      added.push(`${name}@${version}`)
    }
  }
  const sorted = Object.entries(lock.packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
  lock.packages = Object.fromEntries(sorted)
  if (added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
  console.log(`${file}: ${added.length === 0 ? 'complete' : `added ${added.join(', ')}`}`)
}
