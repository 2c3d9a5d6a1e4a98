import { defaultLimits } from '@sallyport/http'
import { gatewayDocument } from './gateway.ts'
import { POSTS_ROUTES } from '@sallyport/sample-posts'

/** The text of `templates/gateway.json`: the gateway of the configuration that the deploy script sets. */
export function gatewayFile(): string {
  const settings = { prefix: '/auth', transports: ['bearer', 'cookie'], limits: defaultLimits, signingAlgorithms: ['RS256'] } as const
  const text = JSON.stringify(gatewayDocument({ settings, audience: 'sallyport', protectedRoutes: POSTS_ROUTES }), null, 2)
  // As the formatter leaves it.
  return `${text.replaceAll(/\[\s+("[^"]*")\s+\]/g, '[$1]')}\n`
}
