import { keyRoles, type Instant, type SigningKey } from '@sallyport/core'

/** Every generation, lowest first, without any part of a private key: a table whose times are UTC. */
export function keyTable(keys: readonly SigningKey[], now: Instant): string {
  const rows = keys.map((key) => {
    const [state, since] = stateOf(key, keys, now)
    return [key.kid, key.algorithm, String(key.generation), state, shown(since), shown(key.activeFrom)]
  })
  const table = [['kid', 'algorithm', 'generation', 'state', 'since', 'signs from'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? []
  return table
    .map(
      (row) =>
        `${row
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** How long its tokens live is the API's business: a key of before is `previous` until an instance has retired it. */
function stateOf(key: SigningKey, keys: readonly SigningKey[], now: Instant): readonly [state: string, since: Instant] {
  const { current, next, previous } = keyRoles(keys, now, Infinity)
  if (key === current) return ['current', key.activeFrom]
  if (next.includes(key)) return ['next', key.createdAt]
  if (!previous.includes(key)) return ['retired', key.retiredAt ?? now]
  const successors = [...previous, ...(current === null ? [] : [current])].filter(({ generation }) => generation > key.generation)
  return ['previous', Math.min(...successors.map(({ activeFrom }) => activeFrom))]
}

const shown = (instant: Instant): string => new Date(instant).toISOString()
