/** Passwords that many people choose (R04): at least 10,000 that are long enough to matter. */
export interface CommonPasswords {
  /** Whether the NFKC, lower-cased password is on the list. Synchronous; under a millisecond. */
  includes(password: string): boolean
}
