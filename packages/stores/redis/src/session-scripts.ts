import { EXPIRY_SLACK_MS } from './keyspace.ts'
import { script, type Script } from './script.ts'

// The lines of a session: 1 counter, 2 rotatedAt, 3 idleExpiresAt, 4 expiresAt, 5 secret's hash, 6 version of the claims, 7 claims, 8 the rest, which no script looks at.
// The lines of a floor: 1 floor, 2 version of the newest claims that were rewritten, 3 when a closed floor is forgotten, `null` while the user is there.
const SHARED = `
local SLACK = ${EXPIRY_SLACK_MS}

local function live(session, now) return now < tonumber(session[3]) and now < tonumber(session[4]) end

-- The session under its key and in the index of its user, whose own end is that of its last session.
local function store(key, index, id, session)
  local ends = math.min(tonumber(session[3]), tonumber(session[4]))
  redis.call('SET', key, record(session), 'PXAT', whole(ends + SLACK))
  redis.call('ZADD', index, whole(ends), id)
  local last = redis.call('ZRANGE', index, -1, -1, 'WITHSCORES')
  redis.call('PEXPIREAT', index, whole(tonumber(last[2]) + SLACK))
end

-- A closed floor whose time is over is as absent, whether Redis has dropped it or not.
local function floorOf(key, now)
  local stored = redis.call('GET', key)
  local floor = stored and lines(stored)
  if floor and (floor[3] == 'null' or now < tonumber(floor[3])) then return floor end
  return {'0', '0', 'null'}
end
`

const sessionScript = (body: string): Script => script(`${SHARED}${body}`)

/** KEYS: session, index, floor. ARGV: record, id, now, credentials version, version of the claims. Ids that are over by more than the slack leave the index here. */
export const CREATE: Script = sessionScript(`
local now = tonumber(ARGV[3])
local floor = floorOf(KEYS[3], now)
if redis.call('EXISTS', KEYS[1]) == 1 then return {'created', floor[1]} end
if tonumber(floor[1]) > tonumber(ARGV[4]) then return {'credentials-outdated'} end
if tonumber(floor[2]) > tonumber(ARGV[5]) then return {'claims-outdated'} end
store(KEYS[1], KEYS[2], ARGV[2], lines(ARGV[1]))
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. whole(now - SLACK))
return {'created', floor[1]}
`)

/** KEYS: session, index. ARGV: now, presented counter, the next one, end of the grace for a rotation now in ms, idleExpiresAt, id. */
export const ROTATE: Script = sessionScript(`
local now = tonumber(ARGV[1])
local stored = redis.call('GET', KEYS[1])
local session = stored and lines(stored)
if not session or not live(session, now) then return {'absent'} end
if tonumber(session[1]) <= tonumber(ARGV[2]) then
  session[1] = ARGV[3]
  session[2] = ARGV[1]
  session[3] = ARGV[5]
  store(KEYS[1], KEYS[2], ARGV[6], session)
  return {'rotated', record(session)}
end
if tonumber(session[1]) == tonumber(ARGV[3]) and now < tonumber(session[2]) + tonumber(ARGV[4]) then return {'repeated', stored} end
return {'reused'}
`)

/** KEYS: session, index. ARGV: now, hash of the secret, idleExpiresAt, id. */
export const PROLONG: Script = sessionScript(`
local stored = redis.call('GET', KEYS[1])
local session = stored and lines(stored)
if not session or not live(session, tonumber(ARGV[1])) or session[5] ~= ARGV[2] then return false end
session[3] = ARGV[3]
store(KEYS[1], KEYS[2], ARGV[4], session)
return record(session)
`)

/** KEYS: session, index. ARGV: now, hash of the secret or `null` for any, id. */
export const END: Script = sessionScript(`
local stored = redis.call('GET', KEYS[1])
local session = stored and lines(stored)
if not session or not live(session, tonumber(ARGV[1])) then return 0 end
if ARGV[2] ~= 'null' and session[5] ~= ARGV[2] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[3])
return 1
`)

/** KEYS: floor, index. ARGV: now, floor, version of claims, when the floor is forgotten or `null`. Answers the ids of all sessions: none of a lower version can be added from here on. */
export const RAISE: Script = sessionScript(`
local floor = floorOf(KEYS[1], tonumber(ARGV[1]))
if tonumber(ARGV[2]) > tonumber(floor[1]) then floor[1] = ARGV[2] end
if tonumber(ARGV[3]) > tonumber(floor[2]) then floor[2] = ARGV[3] end
if floor[3] == 'null' then floor[3] = ARGV[4] end
if floor[3] == 'null' then
  redis.call('SET', KEYS[1], record(floor))
else
  redis.call('SET', KEYS[1], record(floor), 'PXAT', whole(tonumber(floor[3]) + SLACK))
end
return redis.call('ZRANGE', KEYS[2], 0, -1)
`)

/** KEYS: index, sessions. ARGV: now, their ids. Answers how many of them were live. */
export const END_PAGE: Script = sessionScript(`
local ended = 0
for at = 2, #KEYS do
  local stored = redis.call('GET', KEYS[at])
  if stored and live(lines(stored), tonumber(ARGV[1])) then ended = ended + 1 end
end
redis.call('DEL', unpack(KEYS, 2))
redis.call('ZREM', KEYS[1], unpack(ARGV, 2))
return ended
`)

/** KEYS: sessions. ARGV: version of the claims, claims. Two lines of each change; counter and expiry are as they are at that moment. */
export const REWRITE_PAGE: Script = sessionScript(`
for _, key in ipairs(KEYS) do
  local stored = redis.call('GET', key)
  local session = stored and lines(stored)
  if session and tonumber(session[6]) < tonumber(ARGV[1]) then
    session[6] = ARGV[1]
    session[7] = ARGV[2]
    redis.call('SET', key, record(session), 'KEEPTTL')
  end
end
return #KEYS
`)
