/** Whoever takes the lean transport must carry nothing of the SDK, and start without loading undici. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

const entry = `
import { awsCredentials, dynamodbStores, leanTransport } from '@sallyport/store-dynamodb'
const transport = leanTransport({ region: 'eu-central-1', endpoint: 'http://127.0.0.1:1', credentials: awsCredentials({ environment: { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' } }) })
const stores = dynamodbStores({ transport, table: { tableName: 'users' }, clock: { now: () => 0 }, deadlineMs: 100, requestTimeoutMs: 50 })
stores.users.find('nobody').catch((error) => console.log(error.code, process.moduleLoadList.some((name) => name.includes('undici'))))
`

async function bundle(
  format: 'esm' | 'cjs',
  directory: string,
): Promise<{ readonly file: string; readonly gzip: number; readonly inputs: readonly string[] }> {
  const file = join(directory, format === 'esm' ? 'main.mjs' : 'main.cjs')
  const { metafile } = await build({
    stdin: { contents: entry, resolveDir: import.meta.dirname, loader: 'ts' },
    outfile: file,
    bundle: true,
    minify: true,
    format,
    platform: 'node',
    target: 'node24',
    conditions: ['sallyport-source'],
    metafile: true,
  })
  const [output] = Object.values(metafile.outputs)
  const inputs = Object.entries(output!.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : []))
  return { file, gzip: gzipSync(readFileSync(file)).length, inputs }
}

for (const format of ['esm', 'cjs'] as const) {
  test(`stores on the lean transport, bundled as ${format}: at most 13 kB (gzip), no dependency, no undici`, async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sallyport-bundle-'))
    const { file, gzip, inputs } = await bundle(format, directory)
    expect(inputs.filter((path) => path.includes('node_modules'))).toEqual([])
    const { stdout, stderr } = spawnSync(process.execPath, [file], { encoding: 'utf8' })
    rmSync(directory, { recursive: true })
    expect({ stdout, stderr }).toEqual({ stdout: 'store-unavailable false\n', stderr: '' })
    expect(gzip).toBeLessThanOrEqual(13_000)
  })
}
