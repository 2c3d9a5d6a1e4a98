import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { quickStartLines } from '../testing/quick-start-lines.ts'
import { apiConfig } from './config.ts'

const SECRETS = {
  'refresh-secret': 'REFRESH_SECRET',
  'key-encryption-secret': 'KEY_ENCRYPTION_SECRET',
  'password-pepper': 'PASSWORD_PEPPER',
} as const

/** In the place of the Azure CLI: a vault that is a folder, a file for each secret. What is tried is the shell around it. */
const AZ = `
az() {
  echo "$@" >>"$CALLS"
  case "$1 $2 $3" in
    'keyvault secret list')
      [ ! -e "$VAULT/refused" ] || return 1
      case "$7" in
        'length('*) wanted=\${7#*\\'}; ls "$VAULT" | grep -cx "\${wanted%%\\'*}" ;;
        *) ls "$VAULT" ;;
      esac ;;
    'keyvault secret set') [ ! -e "$VAULT/refused" ] || return 1; cat "\${9}" >"$VAULT/$7" ;;
    'functionapp show '*) echo "/subscriptions/0/resourceGroups/$4/providers/Microsoft.Web/sites/$6" ;;
  esac
}
`

const DEPLOY = 'deploy() { echo deploy "$@" >>"$CALLS"; }\n'

let vault: string
let calls: string
beforeEach(() => {
  vault = mkdtempSync(join(tmpdir(), 'sallyport-vault-'))
  calls = `${vault}.calls`
})
afterEach(() => {
  for (const path of [vault, calls]) rmSync(path, { recursive: true, force: true })
})

function run(mark: string, before = ''): string {
  const env = { PATH: process.env['PATH'], VAULT: vault, CALLS: calls, NAME: 'ada', GROUP: 'sallyport' }
  return execFileSync('sh', ['-c', `${AZ}${before}${quickStartLines(mark)}`], { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
}
const held = (): Record<string, string> => Object.fromEntries(readdirSync(vault).map((name) => [name, readFileSync(join(vault, name), 'utf8')]))

describe('the loop that makes the secrets', () => {
  it('makes three that the API starts with', () => {
    expect(run('secrets')).toBe('key-encryption-secret\npassword-pepper\nrefresh-secret\n')
    const secrets = Object.entries(SECRETS).map(([name, variable]): [string, string] => [`SALLYPORT_${variable}`, held()[name] ?? ''])
    const location = { SALLYPORT_PUBLIC_URL: 'https://ada-api.azurewebsites.net', SALLYPORT_REDIS_URL: 'rediss://ada-redis.redis.azure.net:10000' }
    expect(apiConfig({ NODE_ENV: 'production', ...location, ...Object.fromEntries(secrets) }).settings.mode).toBe('production')
  })

  it('leaves what is there as it is, however often it is run', () => {
    writeFileSync(join(vault, 'password-pepper'), 'of before')
    run('secrets')
    const first = held()
    expect(first['password-pepper']).toBe('of before')
    run('secrets')
    expect(held()).toEqual(first)
  })

  it('makes nothing where the vault does not say what it has', () => {
    writeFileSync(join(vault, 'refused'), '')
    expect(() => run('secrets')).toThrow()
    expect(Object.keys(held())).toEqual(['refused'])
    expect(readFileSync(calls, 'utf8')).not.toContain('secret set')
  })
})

describe('where openssl makes nothing', () => {
  /** Which the pipe behind it does not tell. */
  const FAILS = 'openssl() { return 1; }\n'

  it('no secret is made', () => {
    run('secrets', FAILS)
    expect(held()).toEqual({})
  })

  it('none is replaced, and nothing deployed', () => {
    const first = run('secrets')
    expect(() => run('replacing', `${quickStartLines('secrets')}\n${DEPLOY}${FAILS}`)).toThrow()
    expect(Object.keys(held())).toEqual(first.trimEnd().split('\n'))
    expect(readFileSync(calls, 'utf8')).not.toContain('deploy')
  })
})

it('a pepper is replaced by one under a new name, which is accepted before it is used', () => {
  run('replacing', `${quickStartLines('secrets')}\n${DEPLOY}`)
  expect(held()['password-pepper-2']).toMatch(/^[\w+/]{64}$/)
  const [accepted, used] = readFileSync(calls, 'utf8').split('\n').slice(-3)
  expect(accepted).toBe('deploy replaced={"pepper":{"now":"password-pepper","before":"password-pepper-2"}}')
  expect(used).toBe('deploy replaced={"pepper":{"now":"password-pepper-2","before":"password-pepper"}}')
})

it('the references of both apps are looked up again by the address that Azure has for it', () => {
  run('refresh')
  const urls = readFileSync(calls, 'utf8').match(/https:\S+/g)
  expect(urls).toEqual(
    ['api', 'posts'].map(
      (app) =>
        `https://management.azure.com/subscriptions/0/resourceGroups/sallyport/providers/Microsoft.Web/sites/ada-${app}/config/configreferences/appsettings/refresh?api-version=2022-03-01`,
    ),
  )
})
