export { azureHandler, type AzureHandlerOptions } from './azure-handler.ts'
export { azureGuard, type AzureGuard, type AzureGuardOptions, type GuardedFunction } from './azure-guard.ts'
export type { AzureContext, AzureCookie, AzureFunction, AzureRequest, AzureResponse } from './azure-message.ts'
export type { TrustedFront } from './identity-headers.ts'
