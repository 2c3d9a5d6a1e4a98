export {
  callableGuard,
  type CallableErrorCode,
  type CallableErrorDetails,
  type CallableGuard,
  type CallableGuardOptions,
  type CallableRequest,
} from './callable-guard.ts'
export type { Front } from './request-headers.ts'
export { googleGuard, type GoogleGuard, type GoogleGuardOptions, type GuardedFunction } from './google-guard.ts'
export { googleHandler, type GoogleHandlerOptions } from './google-handler.ts'
export type { GoogleFunction, GoogleRequest, GoogleResponse } from './google-message.ts'
export { keepBodiesRaw } from './keep-bodies-raw.ts'
export { requestBody, type RequestBody } from './request-body.ts'
export { sendResponse } from './send-response.ts'
export { cloudLogger } from './cloud-logger.ts'
