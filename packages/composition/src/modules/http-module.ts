import { ConfigurationError } from '@sallyport/core'
import { defaultLimits, httpApplication, type HttpSettings, type RouteLimits } from '@sallyport/http'
import { ContainerModule } from 'inversify'
import { VARIABLES } from '../configuration/variables.ts'
import type { LimitOverride, Settings } from '../configuration/settings.ts'
import { AUTHENTICATION, HTTP_APPLICATION, PUBLIC_URL, REPORT_ERROR, SETTINGS } from '../tokens.ts'
import { VERSION } from '../version.ts'

export function httpModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(HTTP_APPLICATION).toResolvedValue(
      (authentication, settings, { publicUrl }, reportError) =>
        httpApplication({
          authentication,
          settings: httpSettings(settings, publicUrl),
          onError: (error, { requestId }) => reportError(error, requestId),
        }),
      [AUTHENTICATION, SETTINGS, PUBLIC_URL, REPORT_ERROR],
    )
  })
}

export function httpSettings(settings: Settings, publicUrl: string): HttpSettings {
  return {
    prefix: settings.pathPrefix,
    publicUrl,
    allowedOrigins: settings.allowedOrigins,
    transports: settings.transports,
    defaultTransport: settings.defaultTransport,
    limits: settings.rateLimits === 'off' ? 'off' : overridden(defaultLimits, settings.rateLimitOverrides),
    signingAlgorithms: settings.strategy === 'jwt' ? [settings.signingAlgorithm] : [],
    version: VERSION,
  }
}

/** Throws `ConfigurationError` for an override of no limit: it would look like a limit and be none. */
function overridden(limits: RouteLimits, overrides: readonly LimitOverride[]): RouteLimits {
  const idOf = ({ name, subject }: { readonly name: string; readonly subject: string }): string => `${name}-${subject}`
  const known = Object.values(limits).flatMap((each) => each.map(idOf))
  const unknown = overrides.find(({ id }) => !known.includes(id))
  if (unknown !== undefined) throw new ConfigurationError(`${VARIABLES.rateLimitOverrides.name} names a limit that is none of ${known.join(', ')}.`)
  const replace = (limit: RouteLimits[keyof RouteLimits][number]): typeof limit => {
    const override = overrides.findLast(({ id }) => id === idOf(limit))
    return override === undefined ? limit : { ...limit, limit: override.limit, windowSeconds: override.windowSeconds }
  }
  return Object.fromEntries(Object.entries(limits).map(([name, each]) => [name, each.map(replace)])) as unknown as RouteLimits
}
