import { chmodSync, existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError, InvariantError, StoreUnavailableError } from '@sallyport/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFile } from '../testing/temporary-file.ts'
import { openDatabase, type Database } from './database.ts'

let file: ReturnType<typeof temporaryFile>
const opened: Database[] = []

beforeEach(() => {
  file = temporaryFile()
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()))
  file.remove()
})

function open(options: Partial<Parameters<typeof openDatabase>[0]> = {}): Database {
  const database = openDatabase({ path: file.path, busyTimeoutMs: 200, synchronous: 'full', ...options })
  opened.push(database)
  return database
}

function pragma(database: Database, name: string): unknown {
  return database.prepare<[string | number]>(`PRAGMA ${name}`).first()?.[0]
}

const permissions = (path: string): number => statSync(path).mode & 0o777

describe('opening', () => {
  it('switches write-ahead logging, foreign keys and durable commits on', () => {
    const database = open()
    expect(pragma(database, 'journal_mode')).toBe('wal')
    expect(pragma(database, 'foreign_keys')).toBe(1)
    expect(pragma(database, 'synchronous')).toBe(2)
    expect(pragma(database, 'secure_delete')).toBe(1)
    expect(pragma(database, 'trusted_schema')).toBe(0)
    expect(pragma(database, 'busy_timeout')).toBe(0)
    expect(pragma(open({ synchronous: 'normal' }), 'synchronous')).toBe(1)
  })

  it('keeps a database in memory that nobody else sees', () => {
    const [one, other] = [open({ path: ':memory:' }), open({ path: ':memory:' })]
    one.prepare("INSERT INTO counters VALUES ('key', 1, 1, 1)").run()
    expect(other.prepare<[number]>('SELECT count(*) FROM counters').first()).toEqual([0])
    expect(existsSync(':memory:')).toBe(false)
  })

  it('gives the file, its log and its index mode 0600, new or old', async () => {
    const database = open()
    const files = [file.path, `${file.path}-wal`, `${file.path}-shm`]
    expect(files.map(permissions)).toEqual([0o600, 0o600, 0o600])
    for (const each of files) chmodSync(each, 0o644)
    open()
    expect(files.map(permissions)).toEqual([0o600, 0o600, 0o600])
    await database.close()
  })

  it.each([
    ['a directory that does not exist', () => join(file.path, 'missing', 'sallyport.db'), /directory of the SQLite file does not exist/],
    ['a directory', () => dirname(file.path), /is not a file/],
    ['an empty path', () => '', /empty/],
    ['a path with a zero byte', () => 'a\0b', /zero byte/],
  ])('refuses %s', (_, path, message) => {
    expect(() => open({ path: path() })).toThrow(ConfigurationError)
    expect(() => open({ path: path() })).toThrow(message)
  })

  it('refuses a file that is no database, and one of another program', () => {
    writeFileSync(file.path, 'not a database, but long enough to be taken for one '.repeat(100))
    expect(() => open()).toThrow(ConfigurationError)
    const path = join(dirname(file.path), 'other.db')
    const other = new DatabaseSync(path)
    other.exec('CREATE TABLE users (id)')
    other.close()
    expect(() => open({ path })).toThrow(/belongs to another program/)
  })

  it('takes a name that looks like a URI as the name of a file', () => {
    const path = join(dirname(file.path), 'file:x?mode=memory')
    mkdirSync(dirname(path), { recursive: true })
    open({ path })
    expect(existsSync(path)).toBe(true)
  })
})

describe('a lock of another process', () => {
  const insert = (database: Database, key: string) => () => database.prepare('INSERT INTO counters VALUES (?, 1, 1, 1)').run(key)

  /** How often the event loop turned until `work` settled. Counted and not timed: on a busy machine each turn may be late, and there are many all the same. */
  async function turnsDuring(work: Promise<unknown>): Promise<number> {
    let turns = 0
    let running = true
    const turn = (): void => {
      turns++
      if (running) setImmediate(turn)
    }
    turn()
    await work
    running = false
    return turns
  }

  it('is StoreUnavailableError at the deadline, for many at once too, and the event loop turns meanwhile', async () => {
    const [database, other] = [open(), open()]
    other.prepare('BEGIN IMMEDIATE').run()
    const writes = Array.from({ length: 50 }, (_, index) => database.transaction(insert(database, `key-${index}`)))
    const settled = Promise.allSettled(writes)
    expect(await turnsDuring(settled)).toBeGreaterThan(50)
    for (const result of await settled) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'store-unavailable', cause: { errcode: 5 } } })
    }
    other.prepare('ROLLBACK').run()
    expect(await database.write(insert(database, 'afterwards'))).toBe(1)
    expect(database.prepare<[number]>('SELECT count(*) FROM counters').first()).toEqual([1])
  })

  it('is met before the work of a transaction begins, which then sees one state from its first read to its commit', async () => {
    const [database, other] = [open({ busyTimeoutMs: 20 }), open()]
    let runs = 0
    const work = (): number => ++runs
    other.prepare('BEGIN IMMEDIATE').run()
    await expect(database.transaction(work)).rejects.toThrow(StoreUnavailableError)
    expect(runs).toBe(0)
    other.prepare('ROLLBACK').run()
    expect(await database.transaction(work)).toBe(1)
  })

  it('does not hinder readers, and writers go on in their order when it is gone', async () => {
    const [database, other] = [open({ busyTimeoutMs: 3000 }), open()]
    other.prepare('BEGIN IMMEDIATE').run()
    const order: number[] = []
    const writes = [0, 1, 2].map(async (index) => {
      await database.write(insert(database, `key-${index}`))
      order.push(index)
    })
    expect(await database.read(() => database.prepare<[number]>('SELECT count(*) FROM counters').first())).toEqual([0])
    other.prepare('ROLLBACK').run()
    await Promise.all(writes)
    expect(order).toEqual([0, 1, 2])
  })

  it('turns away more than a thousand waiting, and those that wait when the store closes', async () => {
    const [database, other] = [open({ busyTimeoutMs: 5000 }), open()]
    other.prepare('BEGIN IMMEDIATE').run()
    const writes = Array.from({ length: 1001 }, () => database.write(insert(database, 'key')))
    await expect(writes[1000]).rejects.toThrow(/Too much work waits/)
    await database.close()
    const results = await Promise.allSettled(writes)
    expect(results.every((result) => result.status === 'rejected' && result.reason instanceof StoreUnavailableError)).toBe(true)
  })
})

describe('a failure', () => {
  it('inside a transaction leaves nothing of it', async () => {
    const database = open()
    const insert = database.prepare('INSERT INTO counters VALUES (?, 1, 1, 1)')
    const twice = database.transaction(() => {
      insert.run('key')
      insert.run('key')
    })
    await expect(twice).rejects.toThrow(InvariantError)
    expect(database.prepare<[number]>('SELECT count(*) FROM counters').first()).toEqual([0])
    expect(await database.transaction(() => insert.run('key'))).toBe(1)
  })

  it('of the commit behind RETURNING is an error and not a row', async () => {
    const database = open({ path: ':memory:' })
    database.prepare('CREATE TABLE parents (id INTEGER PRIMARY KEY)').run()
    database.prepare('CREATE TABLE children (parent REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED)').run()
    const insert = database.prepare<[number]>('INSERT INTO children VALUES (?) RETURNING parent')
    await expect(database.write(() => insert.first(7))).rejects.toThrow(InvariantError)
  })

  it('is never thrown synchronously, and after closing is StoreUnavailableError', async () => {
    const database = open()
    const read = database.prepare('SELECT 1')
    await database.close()
    await database.close()
    await expect(database.read(() => read.first())).rejects.toThrow(StoreUnavailableError)
    await expect(database.transaction(() => read.first())).rejects.toThrow(StoreUnavailableError)
    const bug = database.read(() => {
      throw new TypeError('a bug')
    })
    await expect(bug).rejects.toThrow(InvariantError)
  })
})
