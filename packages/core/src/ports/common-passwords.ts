/** Passwords that many people choose (NIST SP 800-63B-4 section 3.1.1.2): at least 10,000 that are long enough to matter. */
export interface CommonPasswords {
  /** Whether the NFKC, lower-cased password is on the list. Synchronous; under a millisecond. */
  includes(password: string): boolean
}
