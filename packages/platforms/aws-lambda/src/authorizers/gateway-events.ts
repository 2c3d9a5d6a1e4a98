import type { HttpHeaders } from '@sallyport/http'
import { eventHeaders } from '../event-headers.ts'
import type { HttpApiEvent, LambdaContext, MultiValues, RestEvent, SingleValues } from '../lambda-event.ts'

/** The second argument of every Lambda function, as far as an authorizer uses it. */
export type InvocationContext = Pick<LambdaContext, 'awsRequestId'>

/** Of a REST API's TOKEN authorizer: one header and nothing else of the request. */
export interface TokenAuthorizerEvent {
  readonly type: 'TOKEN'
  readonly authorizationToken?: string
  readonly methodArn: string
}

/** Of a REST API's REQUEST authorizer, and of an HTTP API's with payload 1.0. */
export interface RequestAuthorizerEvent extends RestEvent {
  readonly type: 'REQUEST'
  readonly methodArn: string
  /** Of an HTTP API only: the values by which a verdict is kept, separated by commas. */
  readonly identitySource?: string | null
}

/** Of an HTTP API's authorizer with payload 2.0. */
export interface HttpApiAuthorizerEvent extends HttpApiEvent {
  readonly type: 'REQUEST'
  readonly routeArn: string
  /** `GET /posts/{id}`, `ANY /posts` or `$default`. */
  readonly routeKey: string
  /** The values by which a verdict is kept. */
  readonly identitySource?: readonly string[] | null
  readonly queryStringParameters?: SingleValues
}

/** Of a WebSocket API's authorizer, which is asked at `$connect` only. */
export interface ConnectAuthorizerEvent {
  readonly type: 'REQUEST'
  readonly methodArn: string
  readonly headers?: SingleValues
  readonly multiValueHeaders?: MultiValues
}

/** Of an AppSync API's authorizer. */
export interface AppSyncAuthorizerEvent {
  readonly authorizationToken?: string
}

/** A request that opens a WebSocket has the headers of a REST API's event, and neither a path nor a method. */
export function connectHeaders({ headers = null, multiValueHeaders = null }: ConnectAuthorizerEvent): HttpHeaders {
  return eventHeaders({ shape: 'rest', event: { path: '/', httpMethod: 'GET', headers, multiValueHeaders, requestContext: { identity: {} } } })
}
