export type { Clause } from './clause.ts'
export { runClause, runClauses, type ClauseResult, type OpenTrial, type RunOptions } from './run-clauses.ts'
export { TestClock } from './test-clock.ts'
export { atOnce, openStoreTrial, type OpenStores, type StoreHarness, type StorePort, type StoreTrial } from './stores/store-harness.ts'
export {
  counterStoreClauses,
  keyStoreClauses,
  oneTimeTokenStoreClauses,
  sessionStoreClauses,
  storeClauses,
  userStoreClauses,
} from './stores/store-clauses.ts'
export {
  describeCounterStore,
  describeKeyStore,
  describeOneTimeTokenStore,
  describeSessionStore,
  describeStores,
  describeUserStore,
} from './stores/describe-stores.ts'
export { storeMutants } from './mutants/store-mutants.ts'
export type { Soil, StoreMutant } from './mutants/store-mutant.ts'
