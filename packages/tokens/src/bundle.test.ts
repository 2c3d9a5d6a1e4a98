/** The authorizer runs in front of every request: whoever imports only a verifier must carry neither jose nor whatever loads undici. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
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

const hosted = `import { auth0, hostedIssuers } from '@sallyport/tokens'
import { systemClock } from '@sallyport/core'
export const checker = hostedIssuers({ issuers: [auth0({ domain: 'sample.eu.auth0.com', audience: 'https://api.example.com' })], clock: systemClock })
`
const everyIssuer = `import { auth0, cognito, entra, firebase, hostedIssuers, identityPlatform, oidc, ownAndHosted, sallyportIssuer } from '@sallyport/tokens'
export const all = [auth0, cognito, entra, firebase, hostedIssuers, identityPlatform, oidc, ownAndHosted, sallyportIssuer]
`

test.each([
  ['one hosted issuer', 7000, hosted],
  ['every hosted issuer and our own', 9500, everyIssuer],
  ['our own tokens by the key set of the deployment', 6000, "export { sallyportIssuer } from '@sallyport/tokens'\n"],
])('an entry with %s has at most %i bytes (gzip), nothing of jose and nothing that loads undici', async (_what, budget, contents) => {
  const { text, inputs } = await bundle(contents)
  expect(gzipSync(text).length).toBeLessThanOrEqual(budget)
  expect(inputs.filter((path) => path.includes('node_modules'))).toEqual([])
  expect(text).not.toMatch(/\bimport\b|\brequire\(/)
  expect(text).not.toMatch(/\b(fetch|Request|Response|Headers|WebSocket|FormData)\b/)
})

/** Which of Node's own modules for networks a script has loaded when it is through. */
async function networkModules(script: string): Promise<unknown> {
  const report = 'process.stdout.write(JSON.stringify(process.moduleLoadList.filter((name) => /Module (?:https?|tls)$|undici/.test(name))))'
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', `${script}\n${report}`])
  return JSON.parse(stdout)
}

test('an entry with a hosted issuer loads neither https nor undici before a key set is fetched, and no undici then', async () => {
  const { text } = await bundle(hosted)
  expect(await networkModules(text)).toEqual([])
  expect(await networkModules(`${text}\nprocess.getBuiltinModule('node:https')`)).toEqual(['NativeModule tls', 'NativeModule https'])
})

test('an entry without the verifier has nothing of it', async () => {
  const { text } = await bundle("import { publicKeySet } from '@sallyport/tokens'\nconsole.log(publicKeySet([]))\n")
  expect(text).not.toContain('getBuiltinModule')
})
