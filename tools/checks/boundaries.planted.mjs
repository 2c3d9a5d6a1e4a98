// Proves the rules: a small house in order passes, and one planted violation per rule is reported by that rule's name. Run by `npm run boundaries`.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { checkBoundaries, ruleNames } from './boundaries.mjs'

const workspaces = {
  core: 'packages/core',
  http: 'packages/http',
  guard: 'packages/guard',
  logging: 'packages/logging',
  tokens: 'packages/tokens',
  passwords: 'packages/passwords',
  composition: 'packages/composition',
  conformance: 'packages/conformance',
  'store-memory': 'packages/stores/memory',
  'store-sqlite': 'packages/stores/sqlite',
  'platform-node': 'packages/platforms/node',
}

const inOrder = {
  'packages/core/src/index.ts': "export { one } from './one.ts'\n",
  'packages/core/src/one.ts':
    "import { createHash } from 'node:crypto'\nexport const one = (now: Date): string => createHash('sha256').update(now.toISOString()).digest('hex')\n",
  'packages/core/src/ports/clock.ts': 'export const systemClock = { now: (): number => Date.now() }\n',
  'packages/http/src/index.ts':
    "import { one } from '@sallyport/core'\nimport type { IncomingMessage } from 'node:http'\nimport * as v from 'valibot'\nexport const two = [one, v] as const\nexport type Message = IncomingMessage\n",
  'packages/http/src/fetch-facade.ts': 'export const facade = (): Response => new Response(null)\n',
  'packages/guard/src/index.ts': "import '@sallyport/http'\nexport { one } from '@sallyport/core'\n",
  'packages/logging/src/index.ts': "export { one } from '@sallyport/core'\n",
  'packages/tokens/src/index.ts': "export { one } from '@sallyport/core'\n",
  'packages/passwords/src/index.ts': "export { one } from '@sallyport/core'\n",
  'packages/composition/src/index.ts': "import { Container } from 'inversify'\nexport const container = (): unknown => new Container()\n",
  'packages/conformance/src/index.ts': "export { one } from '@sallyport/core'\n",
  'packages/stores/memory/src/index.ts': "export { one } from '@sallyport/core'\n",
  'packages/stores/memory/src/index.test.ts': "import '@sallyport/conformance'\nimport { one } from './index.ts'\nvoid one(new Date())\n",
  'packages/stores/sqlite/testing/worker.ts': "import '@sallyport/conformance'\nexport const now = (): number => Date.now()\n",
  'packages/stores/sqlite/src/index.ts': "export { one } from '@sallyport/core'\n",
  'packages/platforms/node/src/index.ts':
    "import { createServer } from 'node:http'\nimport '@sallyport/guard'\nimport '@sallyport/http'\nimport '@sallyport/logging'\nexport const server = createServer\n",
  'apps/local/package.json': '{"name":"@sallyport/local","type":"module"}',
  'apps/local/src/main.ts': "import './composition.ts'\n",
  'apps/local/src/composition.ts': "import 'inversify'\nimport '@sallyport/store-memory'\n",
  'apps/local/testing/engine.ts': "export { now } from '../../../packages/stores/sqlite/testing/worker.ts'\n",
}

/** Rule -> files that break it, each written over the house in order. */
const planted = {
  'no-cycles': { 'packages/core/src/one.ts': "import './three.ts'\nexport const one = 1\n", 'packages/core/src/three.ts': "import './one.ts'\n" },
  'core-knows-no-workspace': {
    'packages/core/src/one.ts': "import type { two } from '@sallyport/http'\nexport const one: typeof two | undefined = undefined\n",
  },
  'core-has-no-runtime-dependency': [
    { 'packages/core/src/one.ts': "import 'valibot'\nexport const one = 1\n" },
    { 'packages/core/src/one.ts': "import 'node:fs'\nexport const one = 1\n" },
  ],
  'adapters-know-core-only': [
    { 'packages/stores/memory/src/index.ts': "export * from '@sallyport/store-sqlite'\n" },
    { 'packages/tokens/src/index.ts': "export * from '@sallyport/passwords'\n" },
    { 'packages/passwords/src/index.ts': "export * from '@sallyport/http'\n" },
  ],
  'http-knows-core-only': { 'packages/http/src/other.ts': "import '@sallyport/tokens'\n" },
  'http-depends-on-valibot-only': { 'packages/http/src/other.ts': "import 'inversify'\n" },
  'platforms-know-core-and-http': { 'packages/platforms/node/src/other.ts': "import '@sallyport/tokens'\n" },
  'guard-knows-core-and-http': [
    { 'packages/guard/src/other.ts': "import '@sallyport/tokens'\n" },
    { 'packages/guard/src/other.ts': "import 'valibot'\n" },
  ],
  'logging-knows-core-only': { 'packages/logging/src/other.ts': "import '@sallyport/http'\n" },
  'container-only-in-composition': [
    { 'packages/tokens/src/index.ts': "import 'inversify'\n" },
    { 'apps/local/src/main.ts': "import 'reflect-metadata'\n" },
  ],
  'apps-are-leaves': { 'packages/composition/src/other.ts': "import '../../../apps/local/src/main.ts'\n" },
  'conformance-only-in-tests': { 'packages/stores/memory/src/other.ts': "import '@sallyport/conformance'\n" },
  'no-unresolvable': { 'packages/core/src/one.ts': "import './absent.ts'\nexport const one = 1\n" },
  'no-deep-imports': [
    { 'packages/http/src/other.ts': "import '@sallyport/core/src/one.ts'\n" },
    { 'packages/http/src/other.ts': "import '../../core/src/index.ts'\n" },
    { 'apps/local/src/other.ts': "import '../../../packages/stores/sqlite/testing/worker.ts'\n" },
    { 'apps/local/testing/other.ts': "import '../../../packages/stores/sqlite/src/index.ts'\n" },
    { 'packages/http/src/other.ts': "export const later = (): unknown => import('../../core/src/one.ts')\n" },
  ],
  'no-undici-globals': [
    { 'packages/http/src/other.ts': "export const answer = (): unknown => new Response('')\n" },
    { 'packages/tokens/src/other.ts': "export const get = (): unknown => globalThis.fetch('x')\n" },
    { 'apps/local/src/main.ts': 'export const is = (value: unknown): boolean => value instanceof Headers\n' },
  ],
  'no-node-http-import': [
    { 'packages/http/src/other.ts': "import { createServer } from 'node:http'\nexport const make = createServer\n" },
    { 'packages/http/src/other.ts': "export { request } from 'http'\n" },
    { 'packages/http/src/other.ts': "export const later = (): unknown => import('node:http')\n" },
  ],
  'time-and-chance-come-in': [
    { 'packages/core/src/other.ts': 'export const now = (): number => Date.now()\n' },
    { 'packages/core/src/other.ts': 'export const now = (): Date => new Date()\n' },
    { 'packages/stores/memory/src/other.ts': 'export const chance = (): number => Math.random()\n' },
  ],
  'core-takes-no-builtin-by-name': { 'packages/core/src/other.ts': "export const fs = (): unknown => process.getBuiltinModule('node:fs')\n" },
}

function house(changes) {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'sallyport-boundaries-')))
  const write = (file, text) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  for (const [name, folder] of Object.entries(workspaces)) {
    write(
      `${folder}/package.json`,
      JSON.stringify({ name: `@sallyport/${name}`, type: 'module', exports: { '.': { 'sallyport-source': './src/index.ts' } } }),
    )
    mkdirSync(join(root, 'node_modules/@sallyport'), { recursive: true })
    symlinkSync(join(root, folder), join(root, 'node_modules/@sallyport', name), 'junction')
  }
  for (const name of ['inversify', 'reflect-metadata', 'valibot']) {
    write(`node_modules/${name}/package.json`, JSON.stringify({ name, type: 'module', exports: './index.js' }))
    write(`node_modules/${name}/index.js`, 'export const Container = class {}\n')
  }
  for (const [file, text] of Object.entries({ ...inOrder, ...changes })) write(file, text)
  return root
}

async function rulesBroken(changes) {
  const root = house(changes)
  try {
    const { violations } = await checkBoundaries(root)
    return [...new Set(violations.map(({ rule }) => rule))]
  } finally {
    rmSync(root, { recursive: true })
  }
}

void test('a house in order passes', async () => {
  assert.deepEqual(await rulesBroken({}), [])
})

void test('every rule has a planted violation', () => {
  assert.deepEqual(new Set(Object.keys(planted)), new Set(ruleNames))
})

for (const [rule, cases] of Object.entries(planted)) {
  for (const changes of [cases].flat()) {
    void test(`${rule} reports ${Object.keys(changes).join(', ')}`, async () => {
      const broken = await rulesBroken(changes)
      assert.ok(broken.includes(rule), `expected ${rule}, got ${broken.join(', ') || 'nothing'}`)
    })
  }
}
