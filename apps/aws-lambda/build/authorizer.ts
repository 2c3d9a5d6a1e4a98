import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { minify } from 'terser'
import { MODULES, OPTIONS } from './options.ts'
import { abridged, apart, noDocuments, replacing, sdkApart, withoutProse } from './plugins.ts'
import { workedOutPlan } from './worked-out-plan.ts'

const LEAN = ['jwt-http-simple', 'jwt-http-policy', 'jwt-rest', 'session-http-simple', 'session-http-policy', 'session-rest']
/** What a strict rule, another store, the SDK or hosted services ask for. */
const SELDOM = ['session-checker', 'redis-sessions', 'dynamodb-sdk', 'hosted-users']

/** Loaded when the first line is written, and at once, for a function may be frozen behind its answer. */
const RECORDS = `
  let made
  const beside = () => process.getBuiltinModule('node:module').createRequire(import.meta.url)('./records.cjs')
  const written = (config) => (made ??= beside().records(config))
  export const records = (config) => ({ audit: (entry, context) => written(config).audit(entry, context), error: (error, id) => written(config).error(error, id) })`

/**
 * The authorizer runs in front of every request, so its start counts most. There is an entry for each strategy and form of gateway, which is all that a start reads, and `index`, which only chooses among them.
 * What most starts never need is beside them: the sentences about what is wrong with a configuration, whatever is written into a log, other stores. How the routes are said in a policy is worked out here.
 */
export async function buildAuthorizer(folder: string): Promise<void> {
  const common = { ...MODULES, outdir: folder }
  await build({ ...common, banner: {}, entryPoints: { index: 'src/authorizer.ts' }, plugins: [apart('any', ...LEAN)] })
  await minified(join(folder, 'index.mjs'))

  const { plan, size } = await workedOutPlan()
  const lean = replacing({
    'apps/aws-lambda/src/records.ts': RECORDS,
    'packages/composition/src/configuration/judged-guard-configuration.ts': `export const judgedGuardConfiguration = () => { throw new Error }`,
    'packages/platforms/aws-lambda/src/policy/policy-plan.ts': plan,
    'packages/platforms/aws-lambda/src/policy/policy-size.ts': size,
  })
  for (const name of LEAN) {
    // In the session strategy the store is what each request asks.
    const seldom = SELDOM.filter((each) => each !== 'session-checker' || name.startsWith('jwt'))
    await build({
      ...common,
      banner: {},
      entryPoints: { [name]: `src/authorizers/${name}.ts` },
      plugins: [apart('any', ...seldom), sdkApart, lean, abridged, noDocuments],
    })
    await minified(join(folder, `${name}.mjs`))
  }
  for (const name of ['authorizers/any', ...SELDOM])
    await build({
      ...common,
      entryPoints: [`src/${name}.ts`],
      entryNames: '[name]',
      plugins: [apart(...SELDOM), sdkApart, withoutProse, noDocuments],
    })
  await build({ ...OPTIONS, entryPoints: ['src/records.ts'], outfile: join(folder, 'records.cjs'), format: 'cjs', plugins: [noDocuments] })
}

/** A twentieth smaller than esbuild leaves it. In ASCII alone: one other character and V8 holds, and scans, the whole text at two bytes each. */
async function minified(file: string): Promise<void> {
  const { code } = await minify(readFileSync(file, 'utf8'), { module: true, ecma: 2020, compress: { passes: 3 }, format: { ascii_only: true } })
  if (code === undefined) throw new Error(`${file} came out empty.`)
  writeFileSync(file, code)
}
