import type { Clause } from '../clause.ts'
import type { FaultTrial } from './fault-harness.ts'
import { raceFaultClauses } from './race-fault-clauses.ts'
import { revocationFaultClauses } from './revocation-fault-clauses.ts'
import { writeFaultClauses } from './write-fault-clauses.ts'

/** What every adapter keeps when its database refuses, hangs, is slow, or does what it was asked and is not heard. */
export const faultClauses: readonly Clause<FaultTrial>[] = [...writeFaultClauses, ...revocationFaultClauses, ...raceFaultClauses]
