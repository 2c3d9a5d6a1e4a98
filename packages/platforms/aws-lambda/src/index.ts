export type { AlbEvent, AlbResult, HttpApiEvent, HttpApiResult, LambdaContext, LambdaResult, RestEvent, RestResult } from './lambda-event.ts'
export { lambdaGuard, type GuardedFunction, type LambdaGuard, type LambdaGuardOptions } from './lambda-guard.ts'
export { lambdaHandler, type EventOptions, type LambdaFunction, type LambdaHandlerOptions, type OnError } from './lambda-handler.ts'
