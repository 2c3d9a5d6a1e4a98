import type { Authentication, RequestContext } from '@sallyport/core'
import { singleHeader } from './header.ts'
import type { HttpRequest } from './http-message.ts'
import type { IssueCredentials } from './issue-credentials.ts'
import type { OperationId, Operations } from './operations.ts'
import type { PresentedCredential } from './presented-credential.ts'
import type { Reply } from './reply.ts'
import type { HttpSettings } from './settings.ts'

/** A request after everything that the route table says about it was checked. */
export interface Call<Id extends OperationId> {
  readonly request: HttpRequest
  readonly caller: Operations[Id]['caller']
  readonly presented: PresentedCredential | null
  readonly body: Operations[Id]['body']
  readonly query: Operations[Id]['query']
  readonly params: Operations[Id]['params']
}

/** One use case, from checked input to plain output. A value and not a promise where nothing is waited for. */
export type Handler<Id extends OperationId> = (call: Call<Id>) => Reply<Operations[Id]['output']> | Promise<Reply<Operations[Id]['output']>>

export interface HandlerDependencies {
  readonly authentication: Authentication
  readonly settings: HttpSettings
  readonly issue: IssueCredentials
  readonly openApi: () => Promise<object>
}

export function contextOf(request: HttpRequest): RequestContext {
  return { address: request.address, userAgent: singleHeader(request.headers, 'user-agent') ?? null, requestId: request.requestId }
}
