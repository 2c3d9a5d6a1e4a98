// `npm run check:packages`: the sameness of packages that no compiler sees. Prevents: an adapter that is laid out its own way, a port that cites a
// clause nobody tests, a manifest whose exports lead to a file the build does not make, a dead link, a path or host of somebody's machine.
import { execFileSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'

const problems = []
const fail = (where, what) => problems.push(`${where}: ${what}`)
const read = (file) => readFileSync(file, 'utf8')
const lines = (file) => read(file).trimEnd().split('\n').length
const demand = (folder, files) => files.filter((file) => !existsSync(join(folder, file))).forEach((file) => fail(folder, `has no ${file}`))
const root = JSON.parse(read('package.json'))

const storeFiles = ['user-store', 'session-store', 'one-time-token-store', 'counter-store', 'key-store', 'index', 'conformance.test']
for (const store of globSync('packages/stores/*')) {
  demand(store, ['README.md', ...storeFiles.map((name) => `src/${name}.ts`)])
  const headings = ['Options', 'Guarantees', 'Permissions and set-up', 'Tests']
  const found = [...read(join(store, 'README.md')).matchAll(/^## (.+)$/gm)].map(([, text]) => text).filter((text) => headings.includes(text))
  if (found.join() !== headings.join()) fail(join(store, 'README.md'), `has not the sections ${headings.join(', ')}, in this order`)
  const kit = join(store, 'src/conformance.test.ts')
  if (existsSync(kit) && lines(kit) > 20)
    fail(kit, `has ${lines(kit)} lines, at most 20: what is store-specific belongs into the kit or its own test`)
}

for (const app of globSync('apps/*')) {
  demand(app, ['README.md', 'src/main.ts', 'src/composition.ts', 'src/config.ts'])
  const main = join(app, 'src/main.ts')
  if (existsSync(main) && lines(main) > 20) fail(main, `has ${lines(main)} lines, at most 20`)
}

const clauses = new Set(
  globSync('packages/conformance/src/**/*.ts').flatMap((file) => [...read(file).matchAll(/\bid: '([A-Z]+\d+)'/g)].map(([, id]) => id)),
)
for (const port of globSync('packages/core/src/ports/*.ts', { exclude: ['**/*.test.ts'] })) {
  if (lines(port) > 90) fail(port, `has ${lines(port)} lines, at most 90`)
  for (const [, cited] of read(port).matchAll(/\(([A-Z]+\d+(?:, [A-Z]+\d+)*)\)/g)) {
    for (const id of cited.split(', ')) if (!clauses.has(id)) fail(port, `cites clause ${id}, which no kit has`)
  }
}

for (const folder of root.workspaces) {
  const manifest = JSON.parse(read(join(folder, 'package.json')))
  const same = { version: root.version, license: 'MIT', type: 'module', sideEffects: false }
  for (const [field, value] of Object.entries(same)) if (manifest[field] !== value) fail(folder, `${field} is not ${JSON.stringify(value)}`)
  if (manifest.engines?.node !== '>=24') fail(folder, 'engines.node is not ">=24"')
  if (!manifest.description) fail(folder, 'has no description')
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })) {
    if (!/^\d+(\.\d+)*$/.test(version)) fail(folder, `${name} is not pinned: ${version}`)
    if (name.startsWith('@sallyport/') && version !== root.version) fail(folder, `${name} is not at ${root.version}`)
  }
  if (manifest.private) continue
  demand(folder, ['README.md'])
  for (const [entry, conditions] of Object.entries(manifest.exports)) {
    if (typeof conditions === 'string') continue
    const source = conditions['sallyport-source'] ?? ''
    const built = source.replace('./src/', './dist/').replace(/\.ts$/, '')
    if (!existsSync(join(folder, source))) fail(folder, `exports ${entry} from ${source || 'no source'}, which is not there`)
    if (conditions.types !== `${built}.d.ts` || conditions.default !== `${built}.js`)
      fail(folder, `exports ${entry}: the build makes ${built}.d.ts and ${built}.js`)
  }
  const { messages, pkg } = await publint({ pkgDir: folder, level: 'warning', strict: true, pack: false })
  for (const message of messages) fail(folder, formatMessage(message, pkg, { color: false }) ?? message.code)
}

const tracked = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' })
  .split('\0')
  .filter((file) => file !== '' && existsSync(file))
const foreign = /(?<![\w.~-])\/(?:work|root|home\/\w+|Users\/\w+)\/|\bregistry\.[a-z]+js\.|"resolved": "https?:/
for (const file of tracked) {
  const text = read(file)
  const found = text.match(foreign)
  if (found !== null && !file.endsWith(basename(import.meta.filename))) fail(file, `names a machine's path or a registry's host: ${found[0]}`)
  if (!file.endsWith('.md')) continue
  for (const [, link] of text.replaceAll(/```[\s\S]*?```/g, '').matchAll(/\]\((?!https?:|mailto:|#)([^)\s#]+)[^)]*\)/g)) {
    if (!existsSync(join(dirname(file), decodeURI(link)))) fail(file, `links to ${link}, which is not there`)
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exit(1)
}
console.log(`${root.workspaces.length} packages, ${clauses.size} clauses and ${tracked.length} files are in order`)
