import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError, systemClock, type Stores } from '@sallyport/core'
import { sqliteStores } from '@sallyport/store-sqlite'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { identityOf, newSession, newUser } from '../testing/samples.ts'
import { runStore } from '../testing/store-run.ts'

let directory: string
const at = (name: string): string => join(directory, name)
const open = (name: string): Stores => sqliteStores({ path: at(name), clock: systemClock, synchronous: 'normal' })

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sallyport-roles-'))
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** A user in one store and a session of that user in another, or in the same. */
async function seed(users: string, sessions: string): Promise<{ readonly email: string; readonly rolesNow: () => Promise<unknown> }> {
  const user = newUser({ roles: ['user'] })
  const session = newSession(user)
  const [own, other] = [open(users), open(sessions)]
  await own.users.create(user, identityOf(user))
  await other.sessions.create(session)
  await own.close()
  await other.close()
  return {
    email: user.email,
    rolesNow: async () => {
      const [first, second] = [open(users), open(sessions)]
      const stored = await first.users.find(user.id)
      const carried = await second.sessions.find(user.id, session.id)
      await first.close()
      await second.close()
      return { stored: stored?.roles, carried: carried?.claims.roles }
    },
  }
}

it('gives a user exactly these roles, and the sessions carry them', async () => {
  const { email, rolesNow } = await seed('a.db', 'a.db')
  const { code, stdout, stderr } = await runStore(['roles', '--of', `sqlite:${at('a.db')}`, '--email', email.toUpperCase(), '--set', 'editor,admin'])
  expect([code, stderr]).toEqual([0, 'changed: editor, admin\n'])
  expect(JSON.parse(stdout)).toMatchObject({ name: 'user.changed', reason: 'roles' })
  expect(stdout + stderr).not.toContain(email)
  expect(await rolesNow()).toEqual({ stored: ['editor', 'admin'], carried: ['editor', 'admin'] })
  await runStore(['roles', '--of', `sqlite:${at('a.db')}`, '--email', email, '--set', ''])
  expect(await rolesNow()).toEqual({ stored: [], carried: [] })
})

it('gives no more roles than an access token in a cookie has room for', async () => {
  const { email, rolesNow } = await seed('a.db', 'a.db')
  const roles = (count: number): string => Array.from({ length: count }, (_, index) => `role-${index}`.padEnd(61, 'x')).join(',')
  const set = (text: string) => runStore(['roles', '--of', `sqlite:${at('a.db')}`, '--email', email, '--set', text])
  expect(await set(roles(16))).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('1024 bytes') as string })
  expect(await rolesNow()).toEqual({ stored: ['user'], carried: ['user'] })
  expect((await set(roles(15))).code).toBe(0)
})

it('also where the sessions are in a store of their own', async () => {
  const { email, rolesNow } = await seed('users.db', 'sessions.db')
  const argv = ['roles', '--of', `sqlite:${at('users.db')}`, '--sessions', `sqlite:${at('sessions.db')}`, '--email', email, '--set', 'editor']
  expect((await runStore(argv)).code).toBe(0)
  expect(await rolesNow()).toEqual({ stored: ['editor'], carried: ['editor'] })
})

it('says when nobody has the address', async () => {
  await seed('a.db', 'a.db')
  for (const email of ['nobody@example.org', 'no address'])
    expect(await runStore(['roles', '--of', `sqlite:${at('a.db')}`, '--email', email, '--set', 'x'])).toMatchObject({ code: 1, stdout: '' })
})

it.each([
  [['--email', 'a@example.org', '--set', 'x'], /--of is missing/],
  [['--of', 'sqlite:x', '--set', 'x'], /--email is missing/],
  [['--of', 'sqlite:x', '--email', 'a@example.org'], /--set is missing/],
  [['--of', 'sqlite:x', '--email', 'a@example.org', '--set', 'a,,b'], /Roles are/],
  [['--of', 'sqlite:x', '--email', 'a@example.org', '--set', 'a,a'], /Roles are/],
  [['--of', 'sqlite:x', '--email', 'a@example.org', '--set', 'a b'], /Roles are/],
  [['--of', 'sqlite:missing.db', '--email', 'a@example.org', '--set', 'a'], /no SQLite file/],
])('refuses %j', async (argv, message) => {
  const run = async (): Promise<unknown> => runStore(['roles', ...argv])
  await expect(run()).rejects.toThrow(ConfigurationError)
  await expect(run()).rejects.toThrow(message)
})
