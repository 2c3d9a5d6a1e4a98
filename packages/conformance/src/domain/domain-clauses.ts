import type { Clause } from '../clause.ts'
import { costClauses } from './cost-clauses.ts'
import type { DomainTrial } from './domain-trial.ts'
import { guardClauses } from './guard-clauses.ts'
import { keyRingClauses } from './key-ring-clauses.ts'
import { refreshClauses } from './refresh-clauses.ts'
import { repairClauses } from './repair-clauses.ts'
import { revocationClauses } from './revocation-clauses.ts'
import { signInClauses } from './sign-in-clauses.ts'

/** What the domain promises over any store, in either strategy. */
export const domainClauses: readonly Clause<DomainTrial>[] = [
  ...signInClauses,
  ...costClauses,
  ...refreshClauses,
  ...revocationClauses,
  ...repairClauses,
  ...keyRingClauses,
  ...guardClauses,
]
