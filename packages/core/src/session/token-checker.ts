import type { Principal } from './principal.ts'

/** Whatever can say who presents an access token: a credential strategy, hosted issuers, or several of them behind one guard. */
export interface TokenChecker {
  /**
   * Who presents this token; `null` when it is worth nothing. A value and not a promise where nothing outside is asked. Throws or rejects with
   * `StoreUnavailableError` when it cannot be told now.
   */
  check(accessToken: string): Principal | null | Promise<Principal | null>
  /**
   * As `check`, and always as it is now. `null` in place of the function where nobody keeps sessions that could be read: a strict rule then lets nobody in, and whoever
   * declares rules can refuse to start instead.
   */
  readonly checkStrictly: ((accessToken: string) => Promise<Principal | null>) | null
}
