import { boundOf } from './contradictions.ts'
import { mustBeSet, throwIfAny } from './configuration.ts'
import { readVariables, unknownNames, type Environment, type VariablesOf } from './read-variables.ts'
import type { Settings } from './settings.ts'
import { VARIABLES } from './variables.ts'

/** What an authorizer or a guarded function has to know: no secret among it, so that a leak of their environment opens nothing. */
export type GuardSettings = Pick<
  Settings,
  | 'mode'
  | 'strategy'
  | 'audience'
  | 'clientId'
  | 'accessTokenSeconds'
  | 'maximumRevocationSeconds'
  | 'authorizerTtlSeconds'
  | 'roleScopes'
  | 'transports'
  | 'allowedOrigins'
  | 'trustedProxyHops'
  | 'auditFailure'
  | 'logLevel'
> & {
  /** The issuer, without a slash at its end. */
  readonly publicUrl: string
  /** After how many seconds an ended session is refused everywhere. */
  readonly revocationBoundSeconds: number
}

/**
 * The settings of a process that only checks credentials, and the variables of the app itself. Reads the same environment as `configuration` and ignores what only
 * the API needs; the public URL must be given. Throws `ConfigurationError` (`configuration`) with every problem at once, also for a revocation bound above the maximum.
 */
export function guardConfiguration<Own>(
  environment: Environment,
  ownVariables: VariablesOf<Own>,
): { readonly settings: GuardSettings; readonly own: Own } {
  const problems = unknownNames(environment, Object.values(ownVariables))
  const production = environment['NODE_ENV'] === 'production'
  const { mode, strategy, publicUrl, audience, clientId, accessTokenSeconds, maximumRevocationSeconds, authorizerTtlSeconds } = VARIABLES
  const { roleScopes, transports, allowedOrigins, trustedProxyHops, auditFailure, logLevel } = VARIABLES
  const { values, lacked } = readVariables<Omit<GuardSettings, 'publicUrl' | 'revocationBoundSeconds'> & Pick<Settings, 'publicUrl'>>(
    environment,
    {
      mode,
      strategy,
      publicUrl: { ...publicUrl, default: 'required' },
      audience,
      clientId,
      accessTokenSeconds,
      maximumRevocationSeconds,
      authorizerTtlSeconds,
      roleScopes,
      transports,
      allowedOrigins,
      trustedProxyHops,
      auditFailure,
      logLevel,
    },
    production,
    problems,
  )
  const own = readVariables<Own>(environment, ownVariables, production, problems)
  problems.push(...[...lacked, ...own.lacked].map(mustBeSet))
  if (production && values.publicUrl !== null && !values.publicUrl.startsWith('https://') && lacked.length === 0)
    problems.push(`${publicUrl.name} must be https in production`)
  if (production && values.allowedOrigins.some((origin) => !origin.startsWith('https://')))
    problems.push(`${allowedOrigins.name} must be https in production`)
  throwIfAny(problems)
  return { settings: { ...values, publicUrl: values.publicUrl ?? '', revocationBoundSeconds: boundOf(values) }, own: own.values }
}
