/** The authorizer runs in front of every request: whoever imports only the verifier must carry neither jose nor whatever loads undici. */
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { expect, test } from 'vitest'

async function bundle(contents: string): Promise<{ text: string; inputs: string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    conditions: ['sallyport-source'],
    write: false,
    metafile: true,
  })
  const [output] = Object.values(metafile.outputs)
  return {
    text: outputFiles[0]!.text,
    inputs: Object.entries(output!.inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
  }
}

const entry = "import { tokenVerifier } from '@sallyport/tokens'\nexport const verify = tokenVerifier\n"

test('an entry with the verifier alone has at most 3.5 kB (gzip) and nothing of jose', async () => {
  const { text, inputs } = await bundle(entry)
  expect(gzipSync(text).length).toBeLessThanOrEqual(3500)
  expect(inputs.filter((path) => path.includes('node_modules'))).toEqual([])
})

test('it imports no module statically and touches nothing that loads undici', async () => {
  const { text } = await bundle(entry)
  expect(text).not.toMatch(/\bimport\b|\brequire\(/)
  expect(text).not.toMatch(/\b(fetch|Request|Response|Headers|WebSocket|FormData)\b/)
})

test('an entry without the verifier has nothing of it', async () => {
  const { text } = await bundle("import { publicKeySet } from '@sallyport/tokens'\nconsole.log(publicKeySet([]))\n")
  expect(text).not.toContain('getBuiltinModule')
})
