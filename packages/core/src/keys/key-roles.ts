import type { Instant } from '../instant.ts'
import type { SigningKey } from './signing-key.ts'

export interface KeyRoles {
  /** Signs. `null` when there is no usable key. */
  readonly current: SigningKey | null
  /** Published, will sign. */
  readonly next: readonly SigningKey[]
  /** Signed before; tokens of it may still live. */
  readonly previous: readonly SigningKey[]
  /** No token of it can be alive any more, and it is not retired yet. */
  readonly spent: readonly SigningKey[]
}

/**
 * Who is who among the generations at this instant: the newest active one signs, later ones wait, an earlier one is kept until the last token it can
 * have signed has died (`tokenLifeMs` after its successor took over). One that is retired has no role, whatever the clock of whoever retired it said: its private part is gone. A function of what is
 * stored alone.
 */
export function keyRoles(keys: readonly SigningKey[], now: Instant, tokenLifeMs: number): KeyRoles {
  const good = keys.filter((key) => key.retiredAt === null).toSorted((a, b) => a.generation - b.generation)
  const current = good.findLast((key) => key.activeFrom <= now) ?? null
  const before = good.filter((key) => current !== null && key.generation < current.generation)
  const alive = (key: SigningKey): boolean => {
    const successor = good.find((other) => other.generation > key.generation && other.activeFrom <= now)
    return successor !== undefined && now < successor.activeFrom + tokenLifeMs
  }
  return {
    current,
    next: good.filter((key) => now < key.activeFrom && (current === null || key.generation > current.generation)),
    previous: before.filter(alive),
    spent: before.filter((key) => !alive(key)),
  }
}
