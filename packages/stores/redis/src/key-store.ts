import type { KeyStore, PublicJwk, SignatureAlgorithm, SigningKey } from '@sallyport/core'
import type { Connection } from './connection.ts'
import { corrupt, decode, encode, type Keyspace } from './keyspace.ts'
import { script } from './script.ts'

type KeyRecord = [
  kid: string,
  activeFrom: number,
  retiredAt: number | null,
  wrappedPrivateKey: string | null,
  rest: [algorithm: SignatureAlgorithm, publicJwk: PublicJwk, createdAt: number],
]

// KEYS: all signing keys. ARGV: generation, record. The first line is the kid.
const INSERT = script(`
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
  return 'inserted'
end
if lines(stored)[1] == lines(ARGV[2])[1] then return 'inserted' end
return 'exists'
`)

// ARGV: generation, instant.
const PROMOTE = script(`
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return 0 end
local key = lines(stored)
if key[3] ~= 'null' then return 0 end
if tonumber(ARGV[2]) < tonumber(key[2]) then
  key[2] = ARGV[2]
  redis.call('HSET', KEYS[1], ARGV[1], record(key))
end
return 1
`)

// ARGV: generation, instant.
const RETIRE = script(`
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored then return 0 end
local key = lines(stored)
if key[3] == 'null' then key[3] = ARGV[2] end
key[4] = 'null'
redis.call('HSET', KEYS[1], ARGV[1], record(key))
return 1
`)

export function redisKeyStore({ connection, keys }: { readonly connection: Connection; readonly keys: Keyspace }): KeyStore {
  const names = [keys.signingKeys]
  return {
    async insert(key) {
      const args = [String(key.generation), encode(recordOf(key))]
      return (await connection.evaluate(INSERT, { keys: names, args })) as 'inserted' | 'exists'
    },

    async list() {
      const reply = await connection.command('HGETALL', names)
      if (!Array.isArray(reply)) throw corrupt()
      const stored: SigningKey[] = []
      for (let index = 0; index < reply.length; index += 2) stored.push(keyOf(Number(reply[index]), reply[index + 1]))
      return stored.toSorted((a, b) => a.generation - b.generation)
    },

    promote: async (generation, at) => (await connection.evaluate(PROMOTE, { keys: names, args: [String(generation), String(at)] })) === 1,
    retire: async (generation, at) => (await connection.evaluate(RETIRE, { keys: names, args: [String(generation), String(at)] })) === 1,
  }
}

function recordOf({ kid, activeFrom, retiredAt, wrappedPrivateKey, algorithm, publicJwk, createdAt }: SigningKey): KeyRecord {
  return [kid, activeFrom, retiredAt, wrappedPrivateKey, [algorithm, publicJwk, createdAt]]
}

function keyOf(generation: number, stored: unknown): SigningKey {
  const [kid, activeFrom, retiredAt, wrappedPrivateKey, [algorithm, publicJwk, createdAt]] = decode(stored) as KeyRecord
  return { generation, kid, algorithm, publicJwk, wrappedPrivateKey, createdAt, activeFrom, retiredAt }
}
