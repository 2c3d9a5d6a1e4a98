/** What a use case is told about the request it serves. Belongs to one request; never kept. */
export interface RequestContext {
  /** The client's address as the platform's trusted hop reports it; `null` when unknown. */
  readonly address: string | null
  readonly userAgent: string | null
  readonly requestId: string | null
}
