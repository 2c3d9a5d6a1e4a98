import { DatabaseSync } from 'node:sqlite'
import { ConfigurationError } from '@sallyport/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { temporaryFile } from '../testing/temporary-file.ts'
import { MIGRATIONS, migrate } from './schema.ts'
import { sqliteStores } from './sqlite-stores.ts'

let file: ReturnType<typeof temporaryFile>
let connection: DatabaseSync

beforeEach(() => {
  file = temporaryFile()
  connection = new DatabaseSync(file.path)
})

afterEach(() => {
  connection.close()
  file.remove()
})

const schema = (): unknown => connection.prepare('SELECT name, sql FROM sqlite_schema ORDER BY name').all()
const version = (): unknown => connection.prepare('PRAGMA user_version').get()?.['user_version']

describe('migrations', () => {
  it('make the schema of an empty file, and do nothing the second time', () => {
    migrate(connection)
    const first = schema()
    expect(version()).toBe(MIGRATIONS.length)
    migrate(connection)
    expect(schema()).toEqual(first)
  })

  it('make STRICT tables only: a value of the wrong type is refused, not stored', () => {
    migrate(connection)
    expect(connection.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' AND strict = 0").all()).toEqual(
      [],
    )
  })

  it('take an older file to the newest version and keep its rows', () => {
    migrate(connection)
    connection.exec("INSERT INTO counters VALUES ('key', 1, 1, 1)")
    migrate(connection, [...MIGRATIONS, 'ALTER TABLE counters ADD COLUMN note TEXT', 'CREATE TABLE later (id TEXT) STRICT'])
    expect(version()).toBe(MIGRATIONS.length + 2)
    expect(connection.prepare('SELECT key, note FROM counters').all()).toEqual([{ key: 'key', note: null }])
  })

  it('that fail half-way leave the file as it was', () => {
    migrate(connection)
    const before = schema()
    expect(() => migrate(connection, [...MIGRATIONS, 'CREATE TABLE later (id TEXT) STRICT', 'CREATE TABLE users (id TEXT) STRICT'])).toThrow(
      /already exists/,
    )
    expect(schema()).toEqual(before)
    expect(version()).toBe(MIGRATIONS.length)
    expect(connection.isTransaction).toBe(false)
  })

  it('refuse a file of a newer version, and leave it alone', () => {
    migrate(connection, [...MIGRATIONS, 'CREATE TABLE later (id TEXT) STRICT'])
    expect(() => sqliteStores({ path: file.path, clock: { now: () => 0 } })).toThrow(ConfigurationError)
    expect(() => sqliteStores({ path: file.path, clock: { now: () => 0 } })).toThrow(/schema version 2, this program knows up to 1/)
    expect(version()).toBe(MIGRATIONS.length + 1)
  })
})
