/**
 * A deep copy of plain data that nobody can change, so that one and the same copy is stored and handed out: a read costs nothing, and neither the giver nor any
 * reader shares a reference that could change what is stored.
 */
export function frozenCopy<Value>(value: Value): Value {
  return copy(value) as Value
}

function copy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(copy))
  // `fromEntries` defines properties instead of assigning them: a key `__proto__` stays a key and sets no prototype.
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)])))
}
