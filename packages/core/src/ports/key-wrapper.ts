/** Seals private keys at rest (AES-256-GCM under a configured secret, or a cloud's key service). */
export interface KeyWrapper {
  /** Sealed text, bound to `kid`: it opens under no other. Twice gives two different texts. */
  wrap(plain: string, kid: string): Promise<string>
  /** What was wrapped. Throws `ConfigurationError` when no configured secret opens it. */
  unwrap(sealed: string, kid: string): Promise<string>
}
