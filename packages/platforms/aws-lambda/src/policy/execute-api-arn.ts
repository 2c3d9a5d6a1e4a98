import { InvariantError } from '@sallyport/core'

/** What API Gateway calls a request by: a stage of an API, a method and the path as it came. */
export interface ExecuteApiArn {
  /** The ARN up to the stage, without a slash at its end: what a policy for the whole API and stage begins with. */
  readonly stageArn: string
  /** Upper case. */
  readonly method: string
  readonly path: string
}

// Any partition. No wildcard can get into a policy from here, and a path may hold whatever a client sends, colons and slashes among it.
const STAGE = String.raw`arn:aws(?:-[a-z]+)*:execute-api:[a-z0-9-]+:[A-Za-z0-9-]+:[A-Za-z0-9-]+/[A-Za-z0-9_$-]+`
const METHOD_ARN = new RegExp(`^(${STAGE})/([A-Z]+)(/.*)$`, 's')
const CONNECT_ARN = new RegExp(`^(${STAGE})/\\$connect$`)

/** Throws `InvariantError` (`invariant`) for whatever is no ARN of a method: with no API there can be no policy for it, and a guess would be a policy for another. */
export function executeApiArn(text: unknown): ExecuteApiArn {
  const [, stageArn, method, path] = (typeof text === 'string' && METHOD_ARN.exec(text)) || []
  if (stageArn === undefined || method === undefined || path === undefined)
    throw new InvariantError('The event names no method of a stage of an API.')
  return { stageArn, method, path }
}

/** The stage whose `$connect` this is. Throws `InvariantError` (`invariant`) for every other text. */
export function connectStageArn(text: unknown): string {
  const [, stageArn] = (typeof text === 'string' && CONNECT_ARN.exec(text)) || []
  if (stageArn === undefined) throw new InvariantError('The event does not name the $connect route of a stage of an API.')
  return stageArn
}
