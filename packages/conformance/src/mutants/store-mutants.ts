import { brokenCounterStores } from './broken-counter-stores.ts'
import { brokenKeyStores } from './broken-key-stores.ts'
import { brokenOneTimeTokenStores } from './broken-one-time-token-stores.ts'
import { brokenSessionClaims } from './broken-session-claims.ts'
import { brokenSessionCreation } from './broken-session-creation.ts'
import { brokenSessionEnds } from './broken-session-ends.ts'
import { brokenSessionRotation } from './broken-session-rotation.ts'
import { brokenUserChanges } from './broken-user-changes.ts'
import { brokenUserCreation } from './broken-user-creation.ts'
import { brokenUserRemoval } from './broken-user-removal.ts'
import type { StoreMutant } from './store-mutant.ts'

/** Every planted fault. The kit is good for nothing if one of them passes. */
export const storeMutants: readonly StoreMutant[] = [
  ...brokenUserCreation,
  ...brokenUserChanges,
  ...brokenUserRemoval,
  ...brokenSessionCreation,
  ...brokenSessionRotation,
  ...brokenSessionEnds,
  ...brokenSessionClaims,
  ...brokenOneTimeTokenStores,
  ...brokenCounterStores,
  ...brokenKeyStores,
]
