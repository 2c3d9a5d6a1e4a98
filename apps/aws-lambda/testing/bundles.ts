import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

type Environment = { readonly [name: string]: string }

export interface Invocation {
  /** What the handler answered, or how it failed. */
  readonly answer: unknown
  readonly error?: string
  /** Whether that loaded undici. */
  readonly undici: boolean
  /** What it logged. */
  readonly lines: readonly { readonly [member: string]: unknown }[]
}

export interface Bundles {
  readonly text: (name: string, file?: string) => string
  readonly files: (name: string) => readonly string[]
  /** One event to one function in a process of its own, as Lambda would. Throws with what it wrote when it does not start. */
  readonly invoke: (name: string, event: object, environment?: Environment, entry?: string) => Invocation
  readonly remove: () => void
}

const INVOKE = `
const [, , name, event, entry] = process.argv
const { handler } = await import('./' + name + '/' + entry)
const context = { awsRequestId: 'r-1', getRemainingTimeInMillis: () => 10_000 }
const told = await handler(JSON.parse(event), context).then((answer) => ({ answer }), (error) => ({ answer: null, error: error.message }))
console.log(JSON.stringify({ ...told, undici: process.moduleLoadList.some((each) => each.includes('undici')) }))
process.exit() // Lambda would freeze it, whatever is still connected.
`
const secret = (): string => randomBytes(32).toString('base64')
const GUARD: Environment = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'an example',
  SALLYPORT_PUBLIC_URL: 'https://auth.example.com',
  SALLYPORT_DYNAMODB_TABLE: 'users',
  SALLYPORT_DYNAMODB_ENDPOINT: 'http://127.0.0.1:1',
}
export const SECRETS: Environment = {
  SALLYPORT_REFRESH_SECRET: secret(),
  SALLYPORT_KEY_ENCRYPTION_SECRET: secret(),
  SALLYPORT_PASSWORD_PEPPER: secret(),
}
const ENVIRONMENTS: { readonly [name: string]: Environment } = {
  api: { ...GUARD, ...SECRETS },
  posts: { ...GUARD, SALLYPORT_POSTS_TABLE: 'posts' },
  authorizer: GUARD,
}

/** The functions of the app as `build.ts` bundles them. */
export function bundles(): Bundles {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-bundles-'))
  execFileSync(process.execPath, ['build.ts', folder], { cwd: new URL('..', import.meta.url).pathname, stdio: 'inherit' })
  writeFileSync(join(folder, 'invoke.mjs'), INVOKE)
  return {
    text: (name, file = 'index.mjs') => readFileSync(join(folder, name, file), 'utf8'),
    files: (name) => readdirSync(join(folder, name)).filter((file) => file.endsWith('js')),
    invoke: (name, event, environment = {}, entry = 'index.mjs') => {
      const env = { PATH: process.env['PATH'], ...ENVIRONMENTS[name], ...environment }
      const { stdout, stderr } = spawnSync(process.execPath, ['invoke.mjs', name, JSON.stringify(event), entry], {
        cwd: folder,
        encoding: 'utf8',
        env,
        timeout: 20_000,
      })
      if (stdout === '') throw new Error(stderr)
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Invocation['lines'][number])
      return { ...(lines.at(-1) as unknown as Omit<Invocation, 'lines'>), lines: lines.slice(0, -1) }
    },
    remove: () => rmSync(folder, { recursive: true }),
  }
}
