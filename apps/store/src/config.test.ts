import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { storeCommand } from './config.ts'
import { describeLocation, storeLocation } from './store-location.ts'
import { parseLine } from './transfer-format.ts'

describe('a store URL', () => {
  it('names a place', () => {
    expect(storeLocation('sqlite:./a b.db')).toEqual({ store: 'sqlite', path: './a b.db' })
    expect(storeLocation('dynamodb:users?region=eu-central-1&endpoint=http%3A%2F%2F127.0.0.1%3A8000&keyPrefix=a%2F')).toEqual({
      store: 'dynamodb',
      table: { tableName: 'users', keyPrefix: 'a/' },
      region: 'eu-central-1',
      endpoint: 'http://127.0.0.1:8000',
    })
    expect(storeLocation('datastore:my-project?namespace=n')).toEqual({ store: 'datastore', projectId: 'my-project', databaseId: '', namespace: 'n' })
    expect(storeLocation('rediss://u:p%40ss@cache.example.org/3?prefix=x&cluster=true')).toEqual({
      store: 'redis',
      url: 'rediss://cache.example.org:6379/3',
      username: 'u',
      password: 'p@ss',
      prefix: 'x',
      isCluster: true,
    })
  })

  it('reads alike for the same place, without credentials', () => {
    const [one, two] = [storeLocation('redis://:first@h:1'), storeLocation('redis://h:1/0', { REDIS_PASSWORD: 'second' })]
    expect(describeLocation(one)).toBe(describeLocation(two))
    expect(describeLocation(one)).not.toContain('first')
    const urls = [
      'sqlite:a',
      'dynamodb:a',
      'dynamodb:a?keyPrefix=b',
      'datastore:a',
      'datastore:a?namespace=b',
      'redis://a',
      'redis://a/1',
      'redis://a?prefix=b',
    ]
    expect(new Set(urls.map((url) => describeLocation(storeLocation(url)))).size).toBe(urls.length)
  })

  it.each([
    '',
    'users',
    'sqlite:',
    'memory:',
    'dynamodb:',
    'dynamodb:?region=x',
    'dynamodb://users',
    'dynamodb:users?regoin=x',
    'dynamodb:users?region=x&region=y',
    'datastore:p?prefix=x',
    'redis:',
    'redis://',
    'redis://h/name',
    'redis://:secret@h:port',
    'redis://:secret@h?prefx=a',
    'http://:secret@h',
  ])('%j is refused without being repeated', (url) => {
    let error: unknown
    try {
      storeLocation(url)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'configuration', message: expect.not.stringContaining('secret') as string })
  })
})

describe('a command line', () => {
  it.each([
    ['frobnicate'],
    ['export'],
    ['export', '--from'],
    ['export', '--from', 'sqlite:a', 'redis://:secret@h'],
    ['export', '--form', 'redis://:secret@h'],
    ['import', '--to', 'sqlite:a'],
    ['import', '--file', 'a'],
    ['create'],
    ['create', '--store', 'memory'],
    ['create', '--store', 'dynamodb'],
    ['create', '--store', 'datastore'],
    ['create', '--store', 'sqlite'],
    ['verify', '--store', 'redis', '--url', 'sqlite:secret'],
    ['describe', '--store', 'dynamodb', '--table', 'a', '--as', 'secret'],
    ['describe', '--store', 'dynamodb', '--table', 'a', '--read-capacity', '5'],
    ['describe', '--store', 'dynamodb', '--table', 'a', '--read-capacity', 'secret', '--write-capacity', '5'],
  ])('%j %j %j %j is refused without being repeated', (...argv) => {
    let error: unknown
    try {
      storeCommand(argv, {})
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'configuration', message: expect.not.stringContaining('secret') as string })
  })

  it('without a command asks for help', () => {
    for (const argv of [[], ['help'], ['--help']]) expect(storeCommand(argv, {})).toEqual({ name: 'help' })
  })
})

describe('a line of a file', () => {
  it('of any JSON is a line of the format or is refused, and nothing of it is repeated', () => {
    const type = fc.constantFrom('header', 'user', 'session', 'key', 'trailer', 'constructor', '__proto__')
    const something = fc.oneof(
      fc.json(),
      fc.record({ type, secret: fc.constant('secret'), user: fc.jsonValue() }).map((value) => JSON.stringify(value)),
    )
    fc.assert(
      fc.property(something, (text) => {
        expect(() => parseLine(text, 1)).toThrow(
          expect.objectContaining({ code: 'configuration', message: expect.not.stringContaining('secret') as string }),
        )
      }),
    )
  })
})
