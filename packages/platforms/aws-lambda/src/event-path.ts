import type { LambdaEvent } from './event-shape.ts'

/**
 * The path behind the stage or the base path, percent-encoded. HTTP APIs put the stage in front, on custom domains too, and do not tell the base path of a mapping; REST APIs put the base path in front on custom domains
 * and nothing on their own. One of both is taken away, once and in whole segments; what does not stand there is not, and then no route answers.
 */
export function eventPath({ shape, event }: LambdaEvent, basePath: string): string {
  if (shape === 'alb') return escaped(without(basePath, event.path))
  const path = shape === 'rest' ? event.path : event.rawPath
  const { stage, domainName } = event.requestContext
  const stageInFront = (shape === 'http-api' || event.version === '1.0') && stage !== undefined && stage !== '$default'
  const behindStage = stageInFront ? without(`/${stage}`, path) : path
  return escaped(behindStage === path && !isOwnDomain(domainName) ? without(basePath, path) : behindStage)
}

/** `https://<api>.execute-api.<region>.amazonaws.com`, and the like of private APIs. An event that names no domain comes from a test of the console. */
function isOwnDomain(domainName: string | undefined): boolean {
  return domainName === undefined || domainName.includes('.execute-api.')
}

/** Takes whole segments only: `/v1` does not stand before `/v10`. */
function without(prefix: string, path: string): string {
  if (prefix === '' || !path.startsWith(prefix)) return path
  if (path.length === prefix.length) return '/'
  return path[prefix.length] === '/' ? path.slice(prefix.length) : path
}

/**
 * HTTP APIs decode the path before they route, call authorizers, and call us. What cannot stand in a path is escaped again, so that a `?` or a line break in it stays part of the path;
 * a path that came encoded is left as it is.
 */
function escaped(path: string): string {
  return PLAIN.test(path) ? path : path.toWellFormed().replaceAll(/[^!-~]+|["#<>?\\^`{|}]/g, encodeURIComponent)
}

const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/%[\]]*$/
