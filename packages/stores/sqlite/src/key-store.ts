import type { KeyStore, PublicJwk, SignatureAlgorithm, SigningKey } from '@sallyport/core'
import type { Database } from './database.ts'
import { fromJson } from './errors.ts'

type KeyRow = [
  generation: number,
  kid: string,
  algorithm: SignatureAlgorithm,
  publicJwk: string,
  wrappedPrivateKey: string | null,
  createdAt: number,
  activeFrom: number,
  retiredAt: number | null,
]

const COLUMNS = 'generation, kid, algorithm, public_jwk, wrapped_private_key, created_at, active_from, retired_at'

export function sqliteKeyStore({ database }: { readonly database: Database }): KeyStore {
  const insert = database.prepare(`INSERT INTO signing_keys (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (generation) DO NOTHING`)
  const kidOf = database.prepare<[string]>('SELECT kid FROM signing_keys WHERE generation = ?')
  const list = database.prepare<KeyRow>(`SELECT ${COLUMNS} FROM signing_keys ORDER BY generation`)
  const promote = database.prepare('UPDATE signing_keys SET active_from = min(active_from, ?) WHERE generation = ? AND retired_at IS NULL')
  const retire = database.prepare('UPDATE signing_keys SET retired_at = coalesce(retired_at, ?), wrapped_private_key = NULL WHERE generation = ?')

  return {
    insert: (key) =>
      database.transaction(() => {
        const { generation, kid, algorithm, publicJwk, wrappedPrivateKey, createdAt, activeFrom, retiredAt } = key
        const inserted = insert.run(generation, kid, algorithm, JSON.stringify(publicJwk), wrappedPrivateKey, createdAt, activeFrom, retiredAt)
        return inserted === 1 || kidOf.first(generation)?.[0] === kid ? 'inserted' : 'exists'
      }),

    list: () => database.read(() => list.all().map(keyOf)),
    promote: (generation, at) => database.write(() => promote.run(at, generation) === 1),
    retire: (generation, at) => database.write(() => retire.run(at, generation) === 1),
  }
}

function keyOf(row: KeyRow): SigningKey {
  const [generation, kid, algorithm, publicJwk, wrappedPrivateKey, createdAt, activeFrom, retiredAt] = row
  return {
    generation,
    kid,
    algorithm,
    publicJwk: fromJson(publicJwk, 'signing_keys') as PublicJwk,
    wrappedPrivateKey,
    createdAt,
    activeFrom,
    retiredAt,
  }
}
