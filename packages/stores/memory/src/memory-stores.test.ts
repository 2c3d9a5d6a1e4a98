import { readFileSync } from 'node:fs'
import { systemClock, type Session } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { memoryKeyspace, memoryStores } from './index.ts'

const session = (userId: string, id: string, now: number): Session => ({
  id,
  userId,
  secretHash: null,
  counter: 0,
  rotatedAt: now,
  createdAt: now,
  authenticatedAt: now,
  idleExpiresAt: now + 1000,
  expiresAt: now + 1000,
  credentialsVersion: 1,
  claims: { version: 1, email: 'ada@example.org', emailVerified: true, name: null, roles: [], attributes: {} },
  client: { userAgent: null, network: null },
})

describe('memoryStores', () => {
  it('work as the README shows', async () => {
    const logged: unknown[] = []
    const console = { log: (value: unknown) => logged.push(value) }
    // sample
    const stores = memoryStores({ clock: systemClock })
    const minute = { key: 'login:203.0.113.0/24', windowMs: 60_000 }

    const [first] = await stores.counters.count([minute])
    const [second] = await stores.counters.count([minute])
    console.log([first?.count, second?.count]) // [1, 2], shared by everybody who holds `stores`
    // end of sample
    expect(logged).toEqual([[1, 2]])
    const lines = readFileSync(new URL(import.meta.url), 'utf8').split('\n')
    const sample = lines.slice(lines.indexOf('    // sample') + 1, lines.indexOf('    // end of sample')).map((line) => line.slice(4))
    expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.join('\n'))
  })

  it('are tested as the README of the kit shows', () => {
    const test = readFileSync(new URL('conformance.test.ts', import.meta.url), 'utf8').replace('./index.ts', '@sallyport/store-memory')
    for (const page of ['../../../conformance/README.md', '../../../../docs/adding-a-store.md']) {
      expect(readFileSync(new URL(page, import.meta.url), 'utf8')).toContain(test)
    }
  })

  it('are apart from one another, unless they share a keyspace', async () => {
    const keyspace = memoryKeyspace({ clock: systemClock })
    const hit = [{ key: 'k', windowMs: 86_400_000 }]
    await memoryStores({ clock: systemClock, keyspace }).counters.count(hit)
    expect((await memoryStores({ clock: systemClock, keyspace }).counters.count(hit))[0]?.count).toBe(2)
    expect((await memoryStores({ clock: systemClock }).counters.count(hit))[0]?.count).toBe(1)
  })

  it('refuse what goes beyond a limit with store-unavailable, and go on counting the keys they have', async () => {
    const stores = memoryStores({ clock: { now: () => 0 }, limits: { counters: 2, sessions: 2, oneTimeTokens: 1, users: 1 } })
    const hit = (key: string) => stores.counters.count([{ key, windowMs: 1000 }])
    await hit('a')
    await hit('b')
    await expect(hit('c')).rejects.toMatchObject({ code: 'store-unavailable' })
    expect((await hit('a'))[0]?.count).toBe(2)
    await stores.sessions.create(session('u', 's1', 0))
    await stores.sessions.create(session('u', 's2', 0))
    await expect(stores.sessions.create(session('u', 's3', 0))).rejects.toMatchObject({ code: 'store-unavailable' })
    expect(await stores.sessions.find('u', 's3')).toBeNull()
    expect((await stores.sessions.list({ userId: 'u', limit: 10, cursor: null })).sessions).toHaveLength(2)
    expect(await stores.sessions.endAll({ userId: 'u', floor: 2, except: null })).toBe(2)
  })

  it('forget sessions that nobody ends, as others come', async () => {
    const clock = { time: 0, now: () => clock.time }
    const keyspace = memoryKeyspace({ clock })
    const stores = memoryStores({ clock, keyspace })
    for (let index = 0; index < 20_000; index += 1) {
      clock.time += 10
      await stores.sessions.create(session(`user ${index}`, 'session', clock.time))
    }
    // A hundred live at any time.
    expect(keyspace.sessions.size).toBeLessThan(300)
    expect(keyspace.sessionOwners.size).toBeLessThan(600)
  })

  it('do not mix up ids whose text runs together', async () => {
    const stores = memoryStores({ clock: { now: () => 0 } })
    await stores.sessions.create(session('ab', 'c', 0))
    expect(await stores.sessions.find('a', 'bc')).toBeNull()
    expect(await stores.sessions.find('1', ':abc')).toBeNull()
    expect(await stores.sessions.find('ab', 'c')).not.toBeNull()
  })
})
