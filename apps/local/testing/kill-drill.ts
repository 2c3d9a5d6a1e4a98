import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { post, startApp, type AppProcess } from './app-process.ts'

export interface DrillResult {
  readonly kills: number
  /** Operations that were answered with success, by kind. */
  readonly acknowledged: Readonly<Record<'registered' | 'changed' | 'signedOut', number>>
  /** What was answered and is not so afterwards: must be empty. */
  readonly lost: readonly string[]
}

/** What the answers so far promise of one account. */
interface Account {
  readonly email: string
  /** Passwords that may be the present one: more than one while a change was not answered. */
  passwords: readonly string[]
  /** Whether the registration was answered. */
  registered: boolean
  refreshToken: string | null
  accessToken: string | null
  /** Refresh tokens of sessions whose end was answered. */
  readonly ended: string[]
  /** A request of it is under way or was cut short: what it did is unknown. */
  unsure: boolean
}

/**
 * Kills the server (`SIGKILL`) at random moments during registrations, changes of password and sign-outs, starts it again on the same file, and compares what it had answered with
 * what it then knows. `random` gives numbers from 0 to 1 and decides the moments.
 */
export async function killDrill(dataDirectory: string, kills: number, random: () => number): Promise<DrillResult> {
  const acknowledged = { registered: 0, changed: 0, signedOut: 0 }
  const lost: string[] = []
  for (let round = 0; round < kills; round++) {
    const app = await startApp(dataDirectory, { SALLYPORT_LOG_LEVEL: 'silent' })
    const accounts: Account[] = []
    const load = Array.from({ length: 4 }, (_, worker) => work(app, `k${round}w${worker}`, accounts, acknowledged))
    const moment = 30 + random() * 400
    await Promise.all([new Promise((resolve) => setTimeout(resolve, moment)).then(() => app.kill('SIGKILL')), ...load])
    const again = await startApp(dataDirectory, { SALLYPORT_LOG_LEVEL: 'silent' })
    for (const account of accounts) lost.push(...(await verify(again, account)))
    await again.kill('SIGKILL')
  }
  lost.push(...integrity(join(dataDirectory, 'sallyport.db')))
  return { kills, acknowledged, lost }
}

/** Registers, changes the password, signs in, signs out, over and over until the server is gone. */
async function work(
  { url }: AppProcess,
  name: string,
  accounts: Account[],
  acknowledged: Record<'registered' | 'changed' | 'signedOut', number>,
): Promise<void> {
  try {
    for (let turn = 0; ; turn++) {
      const account: Account = {
        email: `${name}t${turn}@example.org`,
        passwords: [`the first password of ${turn}`],
        registered: false,
        refreshToken: null,
        accessToken: null,
        ended: [],
        unsure: true,
      }
      accounts.push(account)
      const registered = await post(url, '/auth/register', { email: account.email, password: account.passwords[0] })
      if (registered.status !== 201) throw new Error(`register answers ${registered.status}`)
      account.registered = true
      acknowledged.registered++
      keep(account, registered.json)
      if (turn % 2 === 0) {
        const next = `the second password of ${turn}`
        const before = account.passwords[0] ?? ''
        account.passwords = [before, next]
        account.unsure = true
        const changed = await post(url, '/auth/password', { currentPassword: before, newPassword: next }, account.accessToken ?? '')
        if (changed.status !== 200) throw new Error(`password answers ${changed.status}`)
        account.passwords = [next]
        if (account.refreshToken !== null) account.ended.push(account.refreshToken)
        keep(account, changed.json)
        acknowledged.changed++
      }
      if (turn % 3 !== 2) {
        account.unsure = true
        const { refreshToken } = account
        const out = await post(url, '/auth/logout', { refreshToken })
        if (out.status !== 204) throw new Error(`logout answers ${out.status}`)
        if (refreshToken !== null) account.ended.push(refreshToken)
        account.refreshToken = null
        account.unsure = false
        acknowledged.signedOut++
      }
    }
  } catch (error) {
    // The connection broke: that is the kill. Anything else is a failure of the drill.
    if (error instanceof Error && / answers /.test(error.message)) throw error
  }
}

function keep(account: Account, json: { readonly accessToken: string; readonly refreshToken: string }): void {
  account.accessToken = json.accessToken
  account.refreshToken = json.refreshToken
  account.unsure = false
}

async function verify({ url }: AppProcess, account: Account): Promise<string[]> {
  const lost: string[] = []
  const logIn = async (password: string): Promise<boolean> => (await post(url, '/auth/login', { email: account.email, password })).status === 200
  for (const token of account.ended) {
    if ((await post(url, '/auth/refresh', { refreshToken: token })).status !== 401) lost.push(`${account.email}: an ended session lives`)
  }
  if (account.refreshToken !== null && !account.unsure && (await post(url, '/auth/refresh', { refreshToken: account.refreshToken })).status !== 200) {
    lost.push(`${account.email}: a session is gone`)
  }
  const works = (await Promise.all(account.passwords.map(logIn))).filter(Boolean).length
  if (account.registered) {
    if (works !== 1) lost.push(`${account.email}: ${works} of its passwords work`)
    if ((await post(url, '/auth/register', { email: account.email.toUpperCase(), password: 'somebody else entirely' })).status !== 409) {
      lost.push(`${account.email}: registered twice`)
    }
  } else if (works === 0 && (await post(url, '/auth/register', { email: account.email, password: 'somebody else entirely' })).status !== 201) {
    lost.push(`${account.email}: the address is neither somebody's nor free`)
  }
  return lost
}

function integrity(path: string): string[] {
  const database = new DatabaseSync(path, { readOnly: true })
  const orphans = database.prepare('SELECT count(*) AS n FROM identities WHERE user_id NOT IN (SELECT id FROM users)').get()?.['n']
  const bare = database.prepare('SELECT count(*) AS n FROM users WHERE id NOT IN (SELECT user_id FROM identities)').get()?.['n']
  const state = database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  database.close()
  return [...(state === 'ok' ? [] : ['the file is damaged']), ...(orphans === 0 && bare === 0 ? [] : ['there are orphan rows'])]
}
