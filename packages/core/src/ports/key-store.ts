import type { Instant } from '../instant.ts'
import type { SigningKey } from '../keys/signing-key.ts'

/** The generations of the signing key: a handful of rows, read when an instance starts and every few minutes. Reads are strongly consistent. Throws `StoreUnavailableError`. */
export interface KeyStore {
  /** Stores the key if its generation is absent (K1). Twice: the same generation with the same `kid` is the own write: `inserted` again (K2). At once: exactly one `inserted`, the others `exists` (K3). */
  insert(key: SigningKey): Promise<'inserted' | 'exists'>

  /** Every generation ever inserted, lowest first; empty when none (K4). */
  list(): Promise<readonly SigningKey[]>

  /** Makes the generation sign from `at` on, if that is earlier than planned; never later (K5): then nothing changes and it is `true` all the same. Twice: the same. `false` when absent or retired (K6). */
  promote(generation: number, at: Instant): Promise<boolean>

  /** Ends the generation at `at` and erases its private part (K7). Twice: the first instant stays (K8). `false` when absent. The row stays, so that a generation is never used again. */
  retire(generation: number, at: Instant): Promise<boolean>
}
