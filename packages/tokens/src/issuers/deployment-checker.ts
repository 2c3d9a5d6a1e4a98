import { sessionChecker, strictCheck, type Clock, type RoleScopes, type SessionStore, type StrategyName, type TokenChecker } from '@sallyport/core'
import { httpsFetch } from './fetch-key-set.ts'
import { sallyportIssuer } from './sallyport-issuer.ts'
import { withHostedIssuers, type HostedSettings } from './with-hosted-issuers.ts'

export interface DeploymentCheckerOptions {
  readonly settings: DeploymentSettings
  /** Where the deployment keeps its sessions: read for every token in the session strategy, under strict rules alone in the jwt strategy. */
  readonly sessions: Pick<SessionStore, 'find'>
  readonly clock: Clock
  /** Told every failed fetch of keys. */
  readonly onError: (error: unknown) => void
}

/** What a guard knows of the deployment whose tokens it checks: `GuardSettings` of `@sallyport/composition` has it all. */
export interface DeploymentSettings extends HostedSettings {
  readonly strategy: StrategyName
  readonly audience: string
  readonly clientId: string
  readonly accessTokenSeconds: number
  readonly roleScopes: RoleScopes
}

/**
 * Checks the credentials of a Sallyport deployment in a process of its own, without one of its secrets: opaque tokens by one read of the session, access tokens by the key set
 * of the deployment, and beside them the tokens of hosted issuers where the settings name some. Asks nobody before the first token.
 *
 * @throws ConfigurationError (`configuration`) for hosted issuers that cannot be.
 */
export function deploymentChecker(options: DeploymentCheckerOptions): TokenChecker {
  const { settings, clock, onError } = options
  return withHostedIssuers({ own: ownChecker(options), settings, clock, onError })
}

function ownChecker({ settings, sessions, clock, onError }: DeploymentCheckerOptions): TokenChecker {
  const { strategy, mode, publicUrl, audience, clientId, accessTokenSeconds, roleScopes } = settings
  if (strategy === 'session') return sessionChecker({ sessions, clock, roleScopes })
  const { check } = sallyportIssuer({
    publicUrl,
    audience,
    clientId,
    clock,
    fetchKeySet: httpsFetch({ allowLoopbackHttp: mode !== 'production' }),
    cache: { maxEntries: 10_000, maxAgeSeconds: accessTokenSeconds },
    onError,
  })
  return { check, checkStrictly: strictCheck({ check, sessions, clock, roleScopes }) }
}
