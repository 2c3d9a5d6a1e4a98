import type { RecordAudit } from './audit/record-audit.ts'
import { authorizer, type Authorize } from './authorize.ts'
import type { KeyRing } from './keys/key-ring.ts'
import type { PublicJwk } from './keys/signing-key.ts'
import { rateLimiter, type RateLimiter } from './limits/rate-limiter.ts'
import type { Clock } from './ports/clock.ts'
import type { CommonPasswords } from './ports/common-passwords.ts'
import type { PasswordHasher } from './ports/password-hasher.ts'
import type { Random } from './ports/random.ts'
import type { Stores } from './ports/stores.ts'
import type { CredentialStrategy, StrategyName } from './session/credential-strategy.ts'
import type { Lifetimes } from './session/lifetimes.ts'
import { startSession } from './session/start-session.ts'
import { changePassword, type ChangePassword } from './use-cases/change-password.ts'
import { changeProfile, type ChangeProfile } from './use-cases/change-profile.ts'
import { deleteAccount, type DeleteAccount } from './use-cases/delete-account.ts'
import type { Dependencies } from './use-cases/dependencies.ts'
import { finishDeletion } from './use-cases/finish-deletion.ts'
import { logIn, type LogIn } from './use-cases/log-in.ts'
import { logOut, type LogOut } from './use-cases/log-out.ts'
import { manageSessions, type ManageSessions } from './use-cases/manage-sessions.ts'
import { readProfile, type ReadProfile } from './use-cases/read-profile.ts'
import { refresh, type Refresh } from './use-cases/refresh.ts'
import { register, type Register } from './use-cases/register.ts'

export interface AuthenticationDependencies {
  /** Watched by `recentChanges` in the jwt strategy. */
  readonly stores: Omit<Stores, 'close' | 'keys'>
  readonly strategy: CredentialStrategy
  /** `null` in the session strategy, which signs nothing. */
  readonly keys: KeyRing | null
  readonly hasher: PasswordHasher
  readonly commonPasswords: CommonPasswords
  readonly clock: Clock
  readonly random: Random
  readonly audit: RecordAudit
  readonly settings: AuthenticationSettings
}

export interface AuthenticationSettings {
  readonly lifetimes: Lifetimes
  readonly passwordMinimum: number
  readonly contextWords: readonly string[]
  readonly revocationBoundSeconds: number
}

/** Everything an outer layer can ask of the domain. */
export interface Authentication {
  readonly strategy: StrategyName
  /** After this many seconds an ended session is refused everywhere. */
  readonly revocationBoundSeconds: number
  readonly authorize: Authorize
  readonly limit: RateLimiter
  readonly audit: RecordAudit
  readonly clock: Clock
  readonly register: Register
  readonly logIn: LogIn
  readonly refresh: Refresh
  readonly logOut: LogOut
  readonly readProfile: ReadProfile
  readonly changeProfile: ChangeProfile
  readonly changePassword: ChangePassword
  readonly deleteAccount: DeleteAccount
  readonly sessions: ManageSessions
  /** What the key set endpoint shows; empty in the session strategy. */
  readonly publicKeys: () => Promise<readonly PublicJwk[]>
}

/** Puts the domain together from its ports. Reads nothing and starts nothing. */
export function authentication({
  stores,
  strategy,
  keys,
  hasher,
  commonPasswords,
  clock,
  random,
  audit,
  settings,
}: AuthenticationDependencies): Authentication {
  const { users, sessions, oneTimeTokens, counters } = stores
  const { lifetimes, passwordMinimum, contextWords } = settings
  const dependencies: Dependencies = {
    users,
    sessions,
    oneTimeTokens,
    hasher,
    policy: { minimumCodePoints: passwordMinimum, common: commonPasswords, contextWords },
    strategy,
    startSession: startSession({ users, sessions, strategy, clock, random, lifetimes }),
    clock,
    random,
    audit,
  }
  const withDeletion = { ...dependencies, finishDeletion: finishDeletion(dependencies) }
  return {
    strategy: strategy.name,
    revocationBoundSeconds: settings.revocationBoundSeconds,
    authorize: authorizer({ strategy, clock }),
    limit: rateLimiter({ counters, clock }),
    audit,
    clock,
    register: register(withDeletion),
    logIn: logIn(withDeletion),
    refresh: refresh(dependencies),
    logOut: logOut(dependencies),
    readProfile: readProfile(dependencies),
    changeProfile: changeProfile(dependencies),
    changePassword: changePassword(dependencies),
    deleteAccount: deleteAccount(withDeletion),
    sessions: manageSessions(dependencies),
    publicKeys: () => (keys === null ? Promise.resolve([]) : keys.publicKeys()),
  }
}
