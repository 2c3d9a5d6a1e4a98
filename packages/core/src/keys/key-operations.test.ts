import { expect, it } from 'vitest'
import type { KeyStore } from '../ports/key-store.ts'
import { keyOperations } from './key-operations.ts'
import { keyRoles } from './key-roles.ts'
import type { SigningKey } from './signing-key.ts'

const NOW = 1_800_000_000_000

/** As the stores keep their promises: a number once, earlier only, and erased for good. */
function heldKeys(): KeyStore & { readonly held: () => readonly SigningKey[] } {
  let held: readonly SigningKey[] = []
  const change = (generation: number, by: (key: SigningKey) => SigningKey): boolean => {
    const found = held.some((key) => key.generation === generation)
    held = held.map((key) => (key.generation === generation ? by(key) : key))
    return found
  }
  return {
    held: () => held,
    list: async () => held,
    insert: async (key) => {
      if (held.some(({ generation }) => generation === key.generation)) return 'exists'
      held = [...held, key]
      return 'inserted'
    },
    promote: async (generation, at) => change(generation, (key) => ({ ...key, activeFrom: Math.min(key.activeFrom, at) })),
    retire: async (generation, at) => change(generation, (key) => ({ ...key, retiredAt: key.retiredAt ?? at, wrappedPrivateKey: null })),
  }
}

it.each([-60_000, 0, 60_000])(
  'a key is always there to sign, by every clock, after one that is %i ms off has retired the one that did',
  async (off) => {
    const store = heldKeys()
    let made = 0
    const signer = {
      generate: async () => {
        const publicJwk = { kty: 'EC', kid: `kid-${++made}`, alg: 'ES256', use: 'sig' } as const
        return { publicJwk, privateJwk: 'private' }
      },
    }
    const at = (now: number) =>
      keyOperations({ store, signer, wrapper: { wrap: async () => 'sealed' }, clock: { now: () => now }, audit: async () => {} })
    await at(NOW - 3_600_000).make({ generation: 1, algorithm: 'ES256', activeFrom: NOW - 3_600_000 })
    expect(await at(NOW + off).retire([1], 'ES256')).toEqual([1])
    for (const now of [NOW - 60_000, NOW, NOW + 1, NOW + 60_000]) {
      const { current, previous } = keyRoles(store.held(), now, 300_000)
      expect([current?.generation, current?.wrappedPrivateKey, previous]).toEqual([2, 'sealed', []])
    }
  },
)
