import type { Clock, OneTimeTokenPurpose, OneTimeTokenStore } from '@sallyport/core'
import type { Connection } from './connection.ts'
import { decode, encode, EXPIRY_SLACK_MS, type Keyspace } from './keyspace.ts'
import { script } from './script.ts'

type TokenRecord = [hash: string, usedBy: string | null, expiresAt: number, rest: [payload: string | null, createdAt: number]]

// A record, so that the compiler finds the purpose that is missing here.
const PURPOSES: Record<OneTimeTokenPurpose, true> = { 'verify-email': true, 'reset-password': true, 'change-email': true }

// KEYS: the user's token of that purpose. ARGV: record, when the row may go. The same token again changes nothing, so that a repetition never brings a used one back.
const ISSUE = script(`
local stored = redis.call('GET', KEYS[1])
if stored and lines(stored)[1] == lines(ARGV[1])[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PXAT', ARGV[2])
return 1
`)

// ARGV: hash, attempt, now. Who writes their attempt first has the token. The row stays until it expires, so that the same attempt is known again.
const CONSUME = script(`
local stored = redis.call('GET', KEYS[1])
if not stored then return false end
local token = lines(stored)
if token[1] ~= ARGV[1] or tonumber(ARGV[3]) >= tonumber(token[3]) then return false end
if token[2] == ARGV[2] then return stored end
if token[2] ~= 'null' then return false end
token[2] = ARGV[2]
redis.call('SET', KEYS[1], record(token), 'KEEPTTL')
return stored
`)

export function redisOneTimeTokenStore({
  connection,
  keys,
  clock,
}: {
  readonly connection: Connection
  readonly keys: Keyspace
  readonly clock: Clock
}): OneTimeTokenStore {
  return {
    async issue({ userId, purpose, hash, payload, createdAt, expiresAt }) {
      const record: TokenRecord = [hash, null, expiresAt, [payload, createdAt]]
      const args = [encode(record), String(expiresAt + EXPIRY_SLACK_MS)]
      await connection.evaluate(ISSUE, { keys: [keys.oneTimeToken(userId, purpose)], args })
    },

    async consume({ userId, purpose, hash, attemptId }) {
      const args = [JSON.stringify(hash), JSON.stringify(attemptId), String(clock.now())]
      const stored = await connection.evaluate(CONSUME, { keys: [keys.oneTimeToken(userId, purpose)], args })
      if (stored === null) return null
      const [, , expiresAt, [payload, createdAt]] = decode(stored) as TokenRecord
      return { userId, purpose, hash, payload, createdAt, expiresAt }
    },

    async endAll(userId) {
      const purposes = Object.keys(PURPOSES) as OneTimeTokenPurpose[]
      await connection.command(
        'DEL',
        purposes.map((purpose) => keys.oneTimeToken(userId, purpose)),
      )
    },
  }
}
