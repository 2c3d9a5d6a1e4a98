import { createHash } from 'node:crypto'

/** A Lua script and the name Redis knows it by: the SHA-1 of its text (https://redis.io/docs/latest/commands/evalsha/). */
export interface Script {
  readonly lua: string
  readonly sha: string
}

/**
 * What all scripts share. A record is an array with a value on each line (see `keyspace.ts`): scripts compare and replace whole lines, and take only numbers for numbers. They
 * never parse JSON, because Redis's cjson gives `[]` back as `{}` and rounds large numbers. Numbers are printed by `%.0f`: Lua's own printing rounds to 14 digits.
 */
const PRELUDE = `
local function lines(record)
  local found, at = {}, 2
  while true do
    local stop = string.find(record, ',\\n', at, true)
    found[#found + 1] = string.sub(record, at, stop and stop - 1 or -2)
    if not stop then return found end
    at = stop + 2
  end
end
local function record(found) return '[' .. table.concat(found, ',\\n') .. ']' end
local function whole(number) return string.format('%.0f', number) end
`

/**
 * Every script names all keys it touches in `KEYS`, and reads before it writes, and its first write is one that Redis refuses when memory is full (but for scripts
 * that only delete): so what Redis refuses (a slot on the move, no memory) it refuses before anything has changed. Scripts do not roll back.
 */
export function script(body: string): Script {
  const lua = `${PRELUDE}${body}`
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}
