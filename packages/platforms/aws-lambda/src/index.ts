export type { AlbEvent, AlbResult, HttpApiEvent, HttpApiResult, LambdaContext, LambdaResult, RestEvent, RestResult } from './lambda-event.ts'
export { lambdaHandler, type EventOptions, type LambdaFunction, type LambdaHandlerOptions, type OnError } from './lambda-handler.ts'
