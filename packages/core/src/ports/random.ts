import { nodeCrypto } from '../node-crypto.ts'

/** The only source of randomness: cryptographically secure (OWASP ASVS 11.5.1). Tests replace it; nothing else may. */
export interface Random {
  /** `length` fresh bytes. */
  bytes(length: number): Uint8Array
}

export const systemRandom: Random = { bytes: (length) => nodeCrypto.randomFillSync(new Uint8Array(length)) }
