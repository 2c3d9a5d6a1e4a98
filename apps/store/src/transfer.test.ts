import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { StoreUnavailableError, systemClock, type Stores, type User } from '@sallyport/core'
import { memoryStores } from '@sallyport/store-memory'
import { sqliteStores } from '@sallyport/store-sqlite'
import { beforeEach, describe, expect, it } from 'vitest'
import { identityOf, newKey, newSession, newUser, seedUser, SECRETS } from '../testing/samples.ts'
import { runStore } from '../testing/store-run.ts'
import { contentOf, transfer } from '../testing/transfer.ts'
import { exportStores } from './export-stores.ts'
import { importFile } from './import-file.ts'
import type { TargetStores } from './import-stores.ts'
import { checkFile } from './transfer-file.ts'

const { at, exported, imported, contentAt, source: sourceOf } = transfer()
let source: Stores
beforeEach(() => {
  source = sourceOf()
})
const ALL = ['--sessions', '--keys']

async function onTarget(name: string, work: (stores: Stores) => Promise<unknown>): Promise<void> {
  const stores = sqliteStores({ path: at(name), clock: systemClock })
  await work(stores)
  await stores.close()
}

describe('a move', () => {
  it('brings all users, sessions and keys over, in more than one page, and says nothing secret', async () => {
    for (let count = 0; count < 230; count++) await seedUser(source, count % 3 === 0 ? { version: 7, credentialsVersion: 4 } : {}, count % 4)
    await seedUser(source, { status: 'disabled', name: null }, 0)
    await source.keys.insert(newKey(1, { wrappedPrivateKey: null, retiredAt: 5 }))
    await source.keys.insert(newKey(2))
    const runs = [await exported(...ALL), await imported('target.db', ...ALL, '--verify')]
    expect(runs[0]).toEqual({ code: 0, stdout: '', stderr: 'exported: 231 users, 343 sessions, 2 keys\n' })
    expect(runs[1]).toEqual({
      code: 0,
      stdout: '',
      stderr:
        'imported: 231 users, 343 sessions, 2 keys; 0 conflicts\nverified: 231 users, 343 sessions, 2 keys are as in the file; 0 differ or are missing\n',
    })
    expect(await contentAt('target.db')).toEqual(await contentOf(source))
    expect(statSync(at('export.ndjson')).mode & 0o777).toBe(0o600)
    for (const name of ['export.ndjson.progress']) for (const secret of SECRETS) expect(readFileSync(at(name), 'utf8')).not.toContain(secret)
  })

  it('takes sessions and keys along only when it is told to, at both ends', async () => {
    await seedUser(source)
    await source.keys.insert(newKey(1))
    expect((await exported()).stderr).toBe('exported: 1 users, 0 sessions, 0 keys\n')
    await expect(imported('target.db', '--sessions')).rejects.toMatchObject({ code: 'configuration' })
    expect((await imported('target.db')).stderr).toBe('imported: 1 users, 0 sessions, 0 keys; 0 conflicts\n')
  })

  it('leaves users whose deletion has begun, sessions of older credentials, and those that are over', async () => {
    await seedUser(source, { status: 'deleting' })
    const { user } = await seedUser(source, {}, 0)
    await source.sessions.create(newSession(user, { credentialsVersion: 2 }))
    await source.sessions.create(newSession(user, { idleExpiresAt: systemClock.now() + 150 }))
    expect((await exported('--sessions')).stderr).toBe('exported: 1 users, 1 sessions, 0 keys; left behind: 1 users whose deletion has begun\n')
    const file = await checkFile(at('export.ndjson'), () => {})
    const stores = memoryStores({ clock: systemClock })
    const late = { now: () => systemClock.now() + 1000 }
    const options = { path: at('export.ndjson'), file, progressPath: at('p'), target: 'memory', stores, sessions: true, keys: false }
    const counts = await importFile({ ...options, clock: late, onConflict: () => {}, onProgress: () => {} })
    expect(counts).toEqual({ users: 1, sessions: 0, keys: 0, conflicts: 0, sessionsOver: 1, sessionsLeft: 0 })
  })

  it('raises the floor before it makes sessions: an older credential opens none in the target', async () => {
    const { user, sessions } = await seedUser(source, { version: 5, credentialsVersion: 5 }, 2)
    await exported('--sessions')
    await imported('target.db', '--sessions')
    await onTarget('target.db', async (target) => {
      expect(await target.sessions.create(newSession(user, { credentialsVersion: 4 }))).toEqual({ outcome: 'credentials-outdated' })
      for (const session of sessions) expect(await target.sessions.find(user.id, session.id)).toEqual(session)
      expect(await target.sessions.create(newSession(user))).toEqual({ outcome: 'created', floor: 5 })
    })
  })

  it('writes to standard output for a pipe, never to a screen, and never over a file', async () => {
    await seedUser(source)
    const from = ['export', '--from', `sqlite:${at('source.db')}`]
    const { stdout } = await runStore(from)
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['header', 'user', 'trailer'])
    writeFileSync(at('export.ndjson'), 'mine')
    await expect(exported()).rejects.toMatchObject({ code: 'configuration' })
    expect(readFileSync(at('export.ndjson'), 'utf8')).toBe('mine')
    await expect(runStore(['export', '--from', `sqlite:${at('absent.db')}`])).rejects.toMatchObject({ code: 'configuration' })
  })

  it('exports each user as of one instant, while it changes', async () => {
    const { user } = await seedUser(source, {}, 0)
    let changes = 0
    const changing: Stores = {
      ...source,
      users: {
        ...source.users,
        identities: async (userId) => {
          const found = await source.users.identities(userId)
          if (changes < 3) {
            changes += 1
            const identity = { ...identityOf(user), passwordHash: `sample-password-hash ${changes}` }
            await source.users.replace({ user: { ...user, version: 1 + changes }, identity, attemptId: `attempt ${changes}` })
          }
          return found
        },
      },
    }
    const lines: string[] = []
    for await (const line of exportStores({ stores: changing, clock: systemClock, sessions: false, keys: false })) lines.push(line)
    expect(JSON.parse(lines[1] ?? '')).toMatchObject({ user: { version: 4 }, identity: { passwordHash: 'sample-password-hash 3' } })
  })
})

describe('an import again', () => {
  it('changes nothing, with its progress file and without', async () => {
    for (let count = 0; count < 120; count++) await seedUser(source, {}, 2)
    await exported(...ALL)
    const first = await imported('target.db', ...ALL)
    const content = await contentAt('target.db')
    expect(await imported('target.db', ...ALL, '--verify')).toMatchObject({ code: 0, stderr: expect.stringContaining(first.stderr) as string })
    rmSync(at('export.ndjson.progress'))
    const third = await imported('target.db', ...ALL)
    expect(third.stderr).toBe('imported: 120 users, 0 sessions, 0 keys; 0 conflicts; 240 sessions left out, their users were there before\n')
    expect(await contentAt('target.db')).toEqual(content)
  })

  it('brings no ended session back', async () => {
    const { user, sessions } = await seedUser(source)
    await exported('--sessions')
    await imported('target.db', '--sessions')
    await onTarget('target.db', (target) => target.sessions.endAll({ userId: user.id, floor: 0, except: null }))
    await imported('target.db', '--sessions')
    rmSync(at('export.ndjson.progress'))
    await imported('target.db', '--sessions')
    await onTarget('target.db', async (target) => expect(await target.sessions.find(user.id, sessions[0]?.id ?? '')).toBeNull())
  })

  it('goes on where it was cut short, whichever call failed, before or after its effect', async () => {
    for (let count = 0; count < 130; count++) await seedUser(source, count % 5 === 0 ? { credentialsVersion: 2 } : {}, count % 3)
    await source.keys.insert(newKey(1))
    await exported(...ALL)
    const file = await checkFile(at('export.ndjson'), () => {})
    const expected = await contentOf(source)
    for (const failing of [1, 2, 5, 97, 180, 300]) {
      const target = memoryStores({ clock: systemClock })
      let calls = 0
      const flaky = <Port extends object>(port: Port): Port =>
        new Proxy(port, {
          get: (inner, name) => {
            const method = inner[name as keyof Port] as (...parameters: unknown[]) => Promise<unknown>
            return async (...parameters: unknown[]) => {
              calls += 1
              if (calls % failing === 0 && calls % 2 === 0 && calls <= 3 * failing) throw new StoreUnavailableError('before')
              const result = await method(...parameters)
              if (calls % failing === 0 && calls <= 3 * failing) throw new StoreUnavailableError('after')
              return result
            }
          },
        })
      const stores = { users: flaky(target.users), sessions: flaky(target.sessions), keys: flaky(target.keys) }
      const options = { path: at('export.ndjson'), file, progressPath: at(`p${failing}`), target: 'memory', stores, sessions: true, keys: true }
      const run = () =>
        importFile({ ...options, clock: systemClock, onConflict: ({ subject }) => expect(subject).toBe('nothing'), onProgress: () => {} })
      let failures = 0
      for (let done = false; !done;) {
        done = await run().then(
          (counts) => {
            expect(counts).toEqual({ users: 130, sessions: 129, keys: 1, conflicts: 0, sessionsOver: 0, sessionsLeft: 0 })
            return true
          },
          (error: unknown) => {
            expect(error).toBeInstanceOf(StoreUnavailableError)
            failures += 1
            return false
          },
        )
      }
      expect(failures).toBeGreaterThan(0)
      expect(await contentOf(target)).toEqual(expected)
    }
  })

  it('makes sessions again only within the batch that was under way', async () => {
    for (let count = 0; count < 130; count++) await seedUser(source)
    await exported('--sessions')
    const file = await checkFile(at('export.ndjson'), () => {})
    const lines = readFileSync(at('export.ndjson'), 'utf8').trimEnd().split('\n')
    const last = (JSON.parse(lines.at(-3) ?? '') as { user: User }).user
    const target = memoryStores({ clock: systemClock })
    // Signed out of the target since: not to be brought back.
    await target.users.create(last, identityOf(last))
    const options = { path: at('export.ndjson'), file, progressPath: at('p'), target: 'memory', sessions: true, keys: false, clock: systemClock }
    const run = (stores: TargetStores) => importFile({ ...options, stores, onConflict: () => {}, onProgress: () => {} })
    const find = () => Promise.reject(new StoreUnavailableError('down'))
    await expect(run({ ...target, users: { ...target.users, find } })).rejects.toThrow(StoreUnavailableError)
    expect(await run(target)).toEqual({ users: 130, sessions: 129, keys: 0, conflicts: 0, sessionsOver: 0, sessionsLeft: 1 })
  })

  it('refuses the progress of another file, store or choice', async () => {
    await seedUser(source)
    await exported('--sessions')
    await imported('target.db')
    await expect(imported('other.db')).rejects.toMatchObject({ code: 'configuration' })
    await expect(imported('target.db', '--sessions')).rejects.toMatchObject({ code: 'configuration' })
    expect((await imported('other.db', '--progress', at('mine'))).code).toBe(0)
    writeFileSync(at('mine'), '{')
    await expect(imported('other.db', '--progress', at('mine'))).rejects.toMatchObject({ code: 'configuration' })
  })
})

describe('a conflict', () => {
  it('is told by ids alone, overwrites nothing, and keeps nobody else back', async () => {
    const [taken, changed, fine] = [await seedUser(source), await seedUser(source), await seedUser(source)]
    await source.keys.insert(newKey(1))
    const holder = newUser({ email: taken.user.email })
    const otherKey = newKey(1)
    await onTarget('target.db', async (target) => {
      await target.users.create(holder, identityOf(holder))
      await target.users.create({ ...changed.user, roles: [] }, identityOf(changed.user))
      await target.keys.insert(otherKey)
    })
    await exported(...ALL)
    const run = await imported('target.db', ...ALL, '--verify')
    expect(run.code).toBe(1)
    const said = run.stderr.split('\n')
    expect(said).toContain(`conflict: user ${taken.user.id}: the target has another user with this address; left as it is there`)
    expect(said).toContain(`conflict: user ${changed.user.id}: the target has this user with other data; left as it is there`)
    expect(said).toContain('conflict: key of generation 1: the target has another key of this generation; left as it is there')
    expect(said).toContain('imported: 1 users, 1 sessions, 0 keys; 3 conflicts; 2 sessions are over or refused')
    expect(said).toContain('verified: 1 users, 1 sessions, 0 keys are as in the file; 5 differ or are missing')
    expect(said).toContain(`differs: user ${taken.user.id}`)
    for (const secret of SECRETS) expect(run.stderr).not.toContain(secret)
    await onTarget('target.db', async (target) => {
      expect(await target.users.findByIdentity(identityOf(holder).key)).toMatchObject({ user: { id: holder.id } })
      expect(await target.users.find(taken.user.id)).toBeNull()
      expect(await target.users.find(changed.user.id)).toMatchObject({ roles: [] })
      expect(await target.keys.list()).toEqual([otherKey])
      expect(await target.sessions.find(fine.user.id, fine.sessions[0]?.id ?? '')).not.toBeNull()
    })
  })

  it('between the file and what was read back is told too', async () => {
    const { user, sessions } = await seedUser(source)
    await exported('--sessions')
    await imported('target.db', '--sessions')
    await onTarget('target.db', (target) => target.sessions.end({ userId: user.id, sessionId: sessions[0]?.id ?? '', secretHash: null }))
    const run = await imported('target.db', '--sessions', '--verify')
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(`differs: session ${sessions[0]?.id} of user ${user.id}`) as string })
  })
})

it('users with more roles than a token in a cookie has room for are refused by their line, before anything is imported', async () => {
  const roles = (count: number): string[] => Array.from({ length: count }, (_, index) => `role-${index}`.padEnd(61, 'x'))
  await seedUser(source, newUser({ roles: roles(16) }))
  await exported()
  await expect(imported('target.db')).rejects.toThrow('Line 2 of the file has more roles than an access token in a cookie has room for (1024 bytes).')
  expect(await contentAt('target.db')).toEqual([])
})
