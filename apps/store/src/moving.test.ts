import type { Credentials, Principal, SignedInRule, StrategyName } from '@sallyport/core'
import type { Application } from '@sallyport/composition'
import { expect, it } from 'vitest'
import { applicationAt } from '../testing/application.ts'
import { onEveryEngine } from '../testing/on-every-engine.ts'
import { runStore } from '../testing/store-run.ts'

const CONTEXT = { address: '203.0.113.7', userAgent: 'curl', requestId: null }
const SIGNED_IN: SignedInRule = { access: 'signed-in' }
const STRICTLY: SignedInRule = { access: 'signed-in', strict: true }
const [OLD_PASSWORD, PASSWORD] = ['correct horse battery staple', 'staple battery horse correct']

async function principalOf({ authentication }: Application, { accessToken }: Credentials, rule: SignedInRule): Promise<Principal | null> {
  const verdict = await authentication.authorize(accessToken, rule)
  return verdict.allowed ? verdict.principal : null
}

/** Registers, changes the password and signs in on a second device, which signs out again. */
async function signUp(application: Application): Promise<{ readonly alive: Credentials; readonly ended: Credentials }> {
  const { register, changePassword, logIn, logOut } = application.authentication
  const registered = await register({ email: 'ada@example.org', password: OLD_PASSWORD, name: 'Ada' }, CONTEXT)
  if (registered.outcome !== 'registered') throw new Error(registered.outcome)
  const principal = await principalOf(application, registered.started.credentials, SIGNED_IN)
  if (principal === null) throw new Error('not signed in')
  const changed = await changePassword(principal, { currentPassword: OLD_PASSWORD, newPassword: PASSWORD }, CONTEXT)
  const second = await logIn({ email: 'ada@example.org', password: PASSWORD }, CONTEXT)
  if (changed.outcome !== 'changed' || second.outcome !== 'signed-in') throw new Error(changed.outcome)
  const { credentials } = second.started
  await logOut([credentials.accessToken], CONTEXT)
  return { alive: changed.started.credentials, ended: credentials }
}

await onEveryEngine('a signed-in user moved from SQLite to DynamoDB to Datastore to Redis to SQLite', ({ environment, freshStore, file }) => {
  it.each<StrategyName>(['session', 'jwt'])('stays signed in, strategy %s', async (strategy) => {
    const stations: string[] = []
    for (const kind of ['sqlite', 'dynamodb', 'datastore', 'redis', 'sqlite'] as const) stations.push(await freshStore(kind))
    const start = await applicationAt(stations[0] ?? '', strategy, environment)
    const { alive: first, ended } = await signUp(start)
    let alive = first
    await start.close()

    for (const [index, to] of stations.slice(1).entries()) {
      const path = file(`${strategy}-${index}.ndjson`)
      const exported = await runStore(['export', '--from', stations[index] ?? '', '--file', path, '--sessions', '--keys'], environment)
      const imported = await runStore(['import', '--to', to, '--file', path, '--sessions', '--keys', '--verify'], environment)
      expect(exported.stderr).toMatch(/^exported: 1 users, [12] sessions, /)
      expect(imported).toMatchObject({ code: 0, stderr: expect.stringContaining('0 conflicts') as string })

      const application = await applicationAt(to, strategy, environment)
      // The very credentials from before the move, on the store of after it.
      expect(await principalOf(application, alive, SIGNED_IN)).not.toBeNull()
      expect(await principalOf(application, alive, STRICTLY)).not.toBeNull()
      expect(await principalOf(application, ended, STRICTLY)).toBeNull()
      if (alive.refreshToken !== null) {
        const refreshed = await application.authentication.refresh(alive.refreshToken, CONTEXT)
        if (refreshed.outcome !== 'refreshed') throw new Error(`refused at ${to}`)
        alive = refreshed.credentials
        expect(await principalOf(application, alive, STRICTLY)).not.toBeNull()
      }
      await application.close()
    }

    const end = await applicationAt(stations.at(-1) ?? '', strategy, environment)
    const logIn = (password: string) => end.authentication.logIn({ email: 'ada@example.org', password }, CONTEXT)
    expect(await logIn(PASSWORD)).toMatchObject({ outcome: 'signed-in' })
    expect(await logIn(OLD_PASSWORD)).toEqual({ outcome: 'bad-credentials' })
    await end.close()
  })
})
