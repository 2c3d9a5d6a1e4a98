import { build } from 'esbuild'
import { fileURLToPath, pathToFileURL } from 'node:url'

/** Packages in CommonJS ask for Node's own modules by require, which a module does not have. */
const REQUIRE = "import { createRequire as benchRequire } from 'node:module'; const require = benchRequire(import.meta.url);"

/** Sources of ours are taken through the condition their packages declare, so that nothing has to be built before. */
export async function bundle(
  source: URL,
  name: string,
  { commonJs = true, external = [] }: { readonly commonJs?: boolean; readonly external?: readonly string[] } = {},
): Promise<string> {
  const outfile = fileURLToPath(new URL(`../dist/${name}.mjs`, import.meta.url))
  await build({
    entryPoints: [fileURLToPath(source)],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    conditions: ['sallyport-source'],
    external: [...external],
    ...(commonJs ? { banner: { js: REQUIRE } } : {}),
    logLevel: 'warning',
  })
  return outfile
}

let built: Promise<string> | null = null

/** Our packages, bundled once for the run; a server of the bench is told where they are. */
export function bundleOfOurs(): Promise<string> {
  const given = process.env['BENCH_OURS']
  built ??= given === undefined ? bundle(new URL('ours.ts', import.meta.url), 'ours') : Promise.resolve(given)
  return built
}

export async function loadOurs(): Promise<typeof import('./ours.ts')> {
  return (await import(pathToFileURL(await bundleOfOurs()).href)) as typeof import('./ours.ts')
}

/** The clients of the engines stay outside, for a store and the raw client are measured over one connection of one client. */
const ENGINE_CLIENTS = ['@aws-sdk/client-dynamodb', '@google-cloud/datastore', 'google-gax', 'ioredis']

export async function loadOurStores(): Promise<typeof import('./ours-stores.ts')> {
  const file = await bundle(new URL('ours-stores.ts', import.meta.url), 'ours-stores', { external: ENGINE_CLIENTS })
  return (await import(pathToFileURL(file).href)) as typeof import('./ours-stores.ts')
}

export async function loadOurLambda(): Promise<typeof import('./ours-lambda.ts')> {
  const file = await bundle(new URL('ours-lambda.ts', import.meta.url), 'ours-lambda')
  return (await import(pathToFileURL(file).href)) as typeof import('./ours-lambda.ts')
}
