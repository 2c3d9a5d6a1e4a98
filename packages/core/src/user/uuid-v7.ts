import type { Clock } from '../ports/clock.ts'
import type { Random } from '../ports/random.ts'
import type { UserId } from './user.ts'

const PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A new id by RFC 9562 section 5.7: 48 bits of milliseconds, 74 random bits. Sorts by time of creation. */
export function uuidV7(clock: Clock, random: Random): UserId {
  const bytes = Buffer.from(random.bytes(16))
  bytes.writeUIntBE(clock.now(), 0, 6)
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f)
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

export function isUuidV7(text: string): boolean {
  return PATTERN.test(text)
}
