import { readFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import {
  claimsOf,
  ConfigurationError,
  HOUR,
  InvariantError,
  passwordIdentityKey,
  StoreUnavailableError,
  type Session,
  type User,
} from '@sallyport/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFile } from '../testing/temporary-file.ts'
import { sqliteStores, type SqliteStores } from './sqlite-stores.ts'

const now = 1_800_000_000_000
const clock = { now: () => now }
let file: ReturnType<typeof temporaryFile>
let stores: SqliteStores

beforeEach(() => {
  file = temporaryFile()
  stores = sqliteStores({ path: file.path, clock })
})

afterEach(async () => {
  await stores.close()
  file.remove()
})

const user: User = {
  id: 'user',
  email: 'ada@example.org',
  emailVerified: true,
  name: 'Ada',
  roles: ['user'],
  status: 'active',
  attributes: {},
  version: 1,
  credentialsVersion: 1,
  createdAt: now,
  updatedAt: now,
}
const identity = { key: passwordIdentityKey(user.email), userId: user.id, passwordHash: 'secret-hash', createdAt: now }
const session: Session = {
  id: 'session',
  userId: user.id,
  secretHash: 'secret-hash',
  counter: 0,
  rotatedAt: now,
  createdAt: now,
  authenticatedAt: now,
  idleExpiresAt: now + HOUR,
  expiresAt: now + HOUR,
  credentialsVersion: 1,
  claims: claimsOf(user),
  client: { userAgent: null, network: null },
}

function tamper(sql: string): void {
  const raw = new DatabaseSync(file.path, { enableForeignKeyConstraints: false })
  raw.exec(sql)
  raw.close()
}

describe('options', () => {
  it.each([-1, 5001, 0.5, Number.NaN])('refuse a busy timeout of %d ms', (busyTimeoutMs) => {
    expect(() => sqliteStores({ path: ':memory:', clock, busyTimeoutMs })).toThrow(ConfigurationError)
  })

  it('open a database in memory', async () => {
    const inMemory = sqliteStores({ path: ':memory:', clock })
    expect(await inMemory.users.create(user, identity)).toBe('created')
    expect(await inMemory.users.find(user.id)).toEqual(user)
    await inMemory.close()
  })
})

describe('what was stored', () => {
  it('is there for whoever opens the file later', async () => {
    await stores.users.create(user, identity)
    await stores.sessions.create(session)
    await stores.close()
    stores = sqliteStores({ path: file.path, clock })
    expect(await stores.users.findByIdentity(identity.key)).toEqual({ user, identity })
    expect(await stores.sessions.find(user.id, session.id)).toEqual(session)
  })

  it('comes back as it was, whatever text and JSON it is', async () => {
    const text = fc.string({ unit: 'binary' })
    const attributes = fc
      .dictionary(text, fc.jsonValue({ stringUnit: 'binary' }), { noNullPrototype: true })
      .map((value) => JSON.parse(JSON.stringify(value)) as User['attributes'])
    await fc.assert(
      fc.asyncProperty(fc.uuid({ version: 7 }), text, fc.option(text), fc.array(text), attributes, async (id, email, name, roles, values) => {
        const stored = { ...user, id, email, name, roles, attributes: values }
        const key = passwordIdentityKey(`${id}${email}`)
        await stores.users.create(stored, { ...identity, key, userId: id })
        expect(await stores.users.findByIdentity(key)).toEqual({ user: stored, identity: { ...identity, key, userId: id } })
        await stores.sessions.create({ ...session, userId: id, claims: claimsOf(stored), client: { userAgent: name, network: email } })
        expect((await stores.sessions.find(id, session.id))?.claims).toEqual(claimsOf(stored))
      }),
      { numRuns: 30 },
    )
  })
})

describe('a damaged or foreign row', () => {
  it.each(['not JSON with a secret in it', '17', 'null', ''])('is StoreUnavailableError, and the error does not quote it: %s', async (text) => {
    await stores.users.create(user, identity)
    await stores.sessions.create(session)
    tamper(`UPDATE sessions SET claims = '${text}'; UPDATE users SET roles = '${text}'`)
    for (const read of [
      () => stores.sessions.find(user.id, session.id),
      () => stores.users.find(user.id),
      () => stores.users.list({ limit: 1, cursor: null }),
    ]) {
      const error: unknown = await read().then(
        () => null,
        (reason: unknown) => reason,
      )
      expect(error).toBeInstanceOf(StoreUnavailableError)
      expect(`${String(error)} ${JSON.stringify(error)} ${String((error as Error).cause)}`).not.toContain('secret')
    }
  })

  it('a dropped table is an error and never an absent user', async () => {
    tamper('DROP TABLE identities')
    await expect(stores.users.findByIdentity(identity.key)).rejects.toThrow(InvariantError)
  })
})

describe('what no caller may do', () => {
  it('is InvariantError and changes nothing', async () => {
    await stores.users.create(user, identity)
    await expect(stores.users.create({ ...user, id: 'other' }, identity)).rejects.toThrow(InvariantError)
    await expect(stores.users.create({ ...user, id: 'other', version: 1.5 }, { ...identity, key: 'password:x', userId: 'other' })).rejects.toThrow(
      InvariantError,
    )
    const move = { user: { ...user, version: 2 }, from: identity.key, attemptId: 'attempt' }
    await expect(stores.users.moveIdentity({ ...move, to: { ...identity, key: 'password:x', userId: 'other' } })).rejects.toThrow(InvariantError)
    for (const limit of [0, -1, 101, 1.5, Number.NaN]) {
      await expect(stores.users.list({ limit, cursor: null })).rejects.toThrow(InvariantError)
      await expect(stores.sessions.list({ userId: user.id, limit, cursor: null })).rejects.toThrow(InvariantError)
    }
    expect((await stores.users.list({ limit: 100, cursor: null })).users).toEqual([user])
  })

  it('errors of SQLite name columns and never values', async () => {
    await stores.users.create(user, identity)
    const wrong = { ...user, id: 'other', email: 'secret@example.org', status: 'secret' as 'active' }
    const error = await stores.users
      .create(wrong, { ...identity, key: 'password:secret@example.org', userId: 'other' })
      .catch((reason: unknown) => reason as Error)
    expect(error).toMatchObject({ code: 'invariant', cause: { code: 'ERR_SQLITE_ERROR' } })
    expect(String((error as Error).cause)).toBe("Error: CHECK constraint failed: status IN ('active', 'disabled', 'deleting')")
  })
})

describe('a token that was used up', () => {
  it('does not come back when its issue is repeated', async () => {
    const token = { userId: user.id, purpose: 'verify-email', hash: 'hash', payload: null, createdAt: now, expiresAt: now + HOUR } as const
    await stores.oneTimeTokens.issue(token)
    expect(await stores.oneTimeTokens.consume({ ...token, attemptId: 'one' })).toEqual(token)
    await stores.oneTimeTokens.issue(token)
    expect(await stores.oneTimeTokens.consume({ ...token, attemptId: 'two' })).toBeNull()
  })
})

describe('a deleted secret', () => {
  it('is overwritten in the file, not only unlinked', async () => {
    await stores.users.create(user, identity)
    await stores.users.delete(user.id)
    await stores.close()
    expect(readFileSync(file.path).includes('secret-hash')).toBe(false)
    stores = sqliteStores({ path: file.path, clock })
  })
})
