import type { Clause } from '../clause.ts'
import { counterClauses } from './counter-clauses.ts'
import { keyClauses } from './key-clauses.ts'
import { oneTimeTokenClauses } from './one-time-token-clauses.ts'
import { sessionClaimsClauses } from './session-claims-clauses.ts'
import { sessionCreationClauses } from './session-creation-clauses.ts'
import { sessionEdgeClauses } from './session-edge-clauses.ts'
import { sessionEndingClauses } from './session-ending-clauses.ts'
import { sessionRotationClauses } from './session-rotation-clauses.ts'
import type { StorePort, StoreTrial } from './store-harness.ts'
import { userChangeClauses } from './user-change-clauses.ts'
import { userCreationClauses } from './user-creation-clauses.ts'
import { userEdgeClauses } from './user-edge-clauses.ts'
import { userRemovalClauses } from './user-removal-clauses.ts'

type StoreClauses<Port extends StorePort> = readonly Clause<StoreTrial<Port>>[]

export const userStoreClauses: StoreClauses<'users'> = [...userCreationClauses, ...userChangeClauses, ...userRemovalClauses, ...userEdgeClauses]
export const sessionStoreClauses: StoreClauses<'sessions'> = [
  ...sessionCreationClauses,
  ...sessionRotationClauses,
  ...sessionEndingClauses,
  ...sessionClaimsClauses,
  ...sessionEdgeClauses,
]
export const oneTimeTokenStoreClauses: StoreClauses<'oneTimeTokens'> = oneTimeTokenClauses
export const counterStoreClauses: StoreClauses<'counters'> = counterClauses
export const keyStoreClauses: StoreClauses<'keys'> = keyClauses

/** Everything a store must keep, port by port. */
export const storeClauses: StoreClauses<StorePort> = [
  ...userStoreClauses,
  ...sessionStoreClauses,
  ...oneTimeTokenStoreClauses,
  ...counterStoreClauses,
  ...keyStoreClauses,
]
