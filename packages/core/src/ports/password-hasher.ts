export interface PasswordVerification {
  readonly matches: boolean
  /** The password matches and the stored hash is of another algorithm or weaker parameters than the policy: hash again and store. */
  readonly needsRehash: boolean
}

/**
 * Slow, salted password hashes with their parameters inside (OWASP ASVS 11.4.2). At most as many at once as the machine has cores, fewer where that would stall other work; a bounded queue behind them, beyond which every method
 * throws `OverloadedError` (`overloaded`). The caller passes the password in NFKC, at most 256 code points.
 */
export interface PasswordHasher {
  /** The encoded hash, by the current policy. Twice gives two different hashes. */
  hash(password: string): Promise<string>

  /**
   * Compares with a stored hash of any supported algorithm. `stored: null` (unknown user, no password) does the same work as a hash by the current policy and never matches (OWASP ASVS 6.3.8).
   * A hash that cannot be read does that same work, and never matches.
   */
  verify(password: string, stored: string | null): Promise<PasswordVerification>
}
