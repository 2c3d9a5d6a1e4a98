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
export { describeStoreFaults } from './faults/describe-store-faults.ts'
export { faultClauses } from './faults/fault-clauses.ts'
export { openFaultTrial, type FaultHarness, type FaultTrial, type FaultyStores } from './faults/fault-harness.ts'
export { faultPlan, type FaultKind, type FaultPlan, type Faults } from './faults/fault-plan.ts'
export { faultyStores, type FaultyOptions } from './faults/faulty-stores.ts'
export { describeDomain } from './domain/describe-domain.ts'
export { domainClauses } from './domain/domain-clauses.ts'
export { domainMutants, type DomainMutant } from './domain/domain-mutants.ts'
export { domainOver } from './domain/domain-over.ts'
export { openDomainTrial, type DomainHarness, type DomainTrial, type Instance, type Sabotage, type TokenParts } from './domain/domain-trial.ts'
export type { PlainHasher } from './domain/plain-hasher.ts'
export { plainTokens } from './domain/plain-tokens.ts'
export type { StoreCall, StoreScript } from './domain/store-script.ts'
export { describeHttp, httpScenarios } from './http/describe-http.ts'
export type { ApiContract } from './http/api-contract.ts'
export type { FrontChanges } from './http/front-changes.ts'
export { openHttpTrial, type HttpHarness, type HttpTrial, type MountedApplication } from './http/http-harness.ts'
export type { KitRequest, KitResponse, SendRequest } from './http/kit-message.ts'
export { inProcess } from './http/in-process.ts'
export { overSocket } from './http/over-socket.ts'
export { describeGuard, describeHostedGuard } from './guard/describe-guard.ts'
export { guardAnswer, refusalBy } from './guard/guard-answer.ts'
export { guardClauses } from './guard/guard-clauses.ts'
export {
  openGuardTrial,
  type GuardHarness,
  type GuardKitAnswer,
  type GuardKitRequest,
  type GuardParts,
  type GuardTrial,
  type MountedAnswer,
  type MountedGuard,
  type TrialHarness,
} from './guard/guard-harness.ts'
export { guardCases, type ExpectedVerdict, type GuardCase } from './guard/guard-requests.ts'
export { GUARD_ROUTES } from './guard/guard-routes.ts'
export type { GuardTokens } from './guard/guard-tokens.ts'
export { hostedBeside, type HostedTools } from './guard/hosted-beside.ts'
export type { CheckerBeside, HostedIssuerTrial, HostedParts } from './guard/hosted-issuer.ts'
export { hostedGuardClauses } from './guard/hosted-clauses.ts'
export { plainRendering } from './guard/plain-rendering.ts'
