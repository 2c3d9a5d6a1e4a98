import { ConfigurationError } from '@sallyport/core'
import type { HttpHeaders, Transport } from '@sallyport/http'
import type { HttpApiAuthorizerEvent, RequestAuthorizerEvent } from './gateway-events.ts'

type Keyed = Pick<HttpApiAuthorizerEvent, 'identitySource' | 'cookies'> | Pick<RequestAuthorizerEvent, 'identitySource'>

/**
 * Throws `ConfigurationError` (`configuration`) unless the gateway's cache is keyed by the credential that is judged, or one caller would get what is kept for another. Where its header is an
 * identity source, a gateway asks nobody about a request without it.
 */
export function checkIdentitySource(event: Keyed, headers: HttpHeaders, transports: readonly Transport[]): void {
  const cookies = 'cookies' in event ? (event.cookies ?? []) : [headers['cookie'] ?? []].flat()
  const judged = [...[headers['authorization'] ?? []].flat(), ...(transports.includes('cookie') ? cookies : [])]
  const keys = [event.identitySource ?? []].flat().map((key) => `,${key.replaceAll(/; ?/g, ',')},`)
  if (judged.length === 0 || judged.some((text) => text === '' || !keys.some((key) => key.includes(`,${text.replaceAll(/; ?/g, ',')},`))))
    throw new ConfigurationError(
      'The gateway keeps verdicts, and the header with the credential is not among the identity sources of the authorizer.',
    )
}

/**
 * Whether the gateway's cache is keyed by the route, too: `$context.routeKey` is among the identity sources. A value that the client has sent does not count: it would choose
 * whose verdict it gets.
 */
export function keyedByRoute(event: HttpApiAuthorizerEvent, headers: HttpHeaders): boolean {
  const sent = [...Object.values(headers), ...Object.values(event.queryStringParameters ?? {}), ...(event.cookies ?? [])].flat()
  return (event.identitySource ?? []).includes(event.routeKey) && !sent.includes(event.routeKey)
}
