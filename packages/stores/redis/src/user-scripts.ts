import { script, type Script } from './script.ts'

// The lines of a user: 1 version, 2 attempt that made it, 3 id, 4 user, and two for each identity: its digest and the identity itself. The key of the user and the keys
// of all its identities hold the same record, so that every read is one GET; every script here writes or deletes them all.
const SHARED = `
-- The keys of the identities by digest, as the caller guessed them: names of keys must be declared, and only the record knows them all.
local function declared(first, argument)
  local keys = {}
  for at = first, #KEYS do keys[ARGV[argument + at - first]] = KEYS[at] end
  return keys
end

-- The digests that the user holds, if the caller has to come back with them.
local function undeclared(user, keys)
  local held, missing = {}, false
  for at = 5, #user, 2 do
    held[#held + 1] = user[at]
    if not keys[user[at]] then missing = true end
  end
  return missing and held
end
`

/** KEYS: user, identity, all users. ARGV: record, id as it stands in the record, id. */
export const CREATE: Script = script(`
local held = redis.call('GET', KEYS[2])
if held then
  if lines(held)[3] == ARGV[2] then return 'created' end
  return 'identity-taken'
end
-- An id is given once: this is the late repetition of a create whose identity has moved on, and the user stays as it is.
if redis.call('EXISTS', KEYS[1]) == 1 then return 'identity-taken' end
redis.call('SET', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[1])
redis.call('ZADD', KEYS[3], 0, ARGV[3])
return 'created'
`)

/**
 * KEYS: user, then identities. ARGV: version, attempt, id, user, digest given up, digest taken, identity taken, then the digests of the identities in the order of KEYS.
 * Where one identity is only replaced, the digest given up is the one taken; where none is, both are empty. Answers the digests held when not all of them are declared.
 */
export const CHANGE: Script = script(`${SHARED}
local stored = redis.call('GET', KEYS[1])
if not stored then return 'absent' end
local user = lines(stored)
if user[1] == ARGV[1] and user[2] == ARGV[2] then return 'replaced' end
if tonumber(user[1]) ~= tonumber(ARGV[1]) - 1 then return 'changed-meanwhile' end
local keys = declared(2, 8)
local missing = undeclared(user, keys)
if missing then return missing end
local from, to = ARGV[5], ARGV[6]
if from ~= '' then
  local place
  for at = 5, #user, 2 do if user[at] == from then place = at end end
  if not place then return 'absent' end
  if to ~= from and redis.call('EXISTS', keys[to]) == 1 then return 'identity-taken' end
  user[place] = to
  user[place + 1] = ARGV[7]
end
for at = 1, 4 do user[at] = ARGV[at] end
redis.call('SET', KEYS[1], record(user))
for at = 5, #user, 2 do redis.call('SET', keys[user[at]], record(user)) end
if to ~= from then redis.call('DEL', keys[from]) end
return 'replaced'
`)

/** KEYS: user, all users, then identities. ARGV: id, then the digests of the identities. Answers 1 or 0, or the digests held when not all of them are declared. */
export const DELETE: Script = script(`${SHARED}
local stored = redis.call('GET', KEYS[1])
if not stored then return 0 end
local user = lines(stored)
local keys = declared(3, 2)
local missing = undeclared(user, keys)
if missing then return missing end
for at = 5, #user, 2 do redis.call('DEL', keys[user[at]]) end
redis.call('DEL', KEYS[1])
redis.call('ZREM', KEYS[2], ARGV[1])
return 1
`)
