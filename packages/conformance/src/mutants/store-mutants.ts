import { brokenCounterStores } from './broken-counter-stores.ts'
import { brokenKeyStores } from './broken-key-stores.ts'
import { brokenOneTimeTokenStores } from './broken-one-time-token-stores.ts'
import { brokenSessionChecks } from './broken-session-checks.ts'
import { brokenSessionEnds } from './broken-session-ends.ts'
import type { StoreMutant } from './store-mutant.ts'
import { brokenUserStores } from './broken-user-stores.ts'

/** Every planted fault. The kit is good for nothing if one of them passes. */
export const storeMutants: readonly StoreMutant[] = [
  ...brokenUserStores,
  ...brokenSessionChecks,
  ...brokenSessionEnds,
  ...brokenOneTimeTokenStores,
  ...brokenCounterStores,
  ...brokenKeyStores,
]
