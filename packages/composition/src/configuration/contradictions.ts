import { SallyportError } from '@sallyport/core'
import { boundOf } from './bound-of.ts'
import type { Settings } from './settings.ts'
import { VARIABLES } from './variables.ts'

/** What is right by itself and wrong together; sentences without a full stop, naming variables and never values of secrets. */
export function contradictionsIn(settings: Settings): string[] {
  return [
    ...lifetimes(settings),
    ...transports(settings),
    ...equalSecrets(settings),
    ...(settings.mode === 'production' ? inProduction(settings) : []),
  ]
}

function lifetimes(settings: Settings): string[] {
  const problems: string[] = []
  const atMost = (small: keyof Settings, large: keyof Settings): void => {
    if (Number(settings[small]) > Number(settings[large])) problems.push(`${VARIABLES[small].name} must not be above ${VARIABLES[large].name}`)
  }
  atMost('sessionIdleSeconds', 'sessionAbsoluteSeconds')
  if (settings.strategy === 'jwt') {
    atMost('accessTokenSeconds', 'sessionIdleSeconds')
    atMost('refreshGraceSeconds', 'accessTokenSeconds')
    if (settings.keyRotationSeconds < 2 * settings.accessTokenSeconds) {
      problems.push(`${VARIABLES.keyRotationSeconds.name} must be at least twice ${VARIABLES.accessTokenSeconds.name}`)
    }
  }
  try {
    boundOf(settings)
  } catch (error) {
    if (!SallyportError.is(error)) throw error
    problems.push(
      `${VARIABLES.maximumRevocationSeconds.name} is exceeded. ${error.message.replace(/\.$/, '')} (${VARIABLES.accessTokenSeconds.name}, ${VARIABLES.authorizerTtlSeconds.name})`,
    )
  }
  return problems
}

function transports(settings: Settings): string[] {
  return settings.transports.includes(settings.defaultTransport)
    ? []
    : [`${VARIABLES.defaultTransport.name} must be among ${VARIABLES.transports.name}`]
}

/** One leaked secret must not open two doors, and a secret that was replaced must not be the one that replaces it. */
function equalSecrets(settings: Settings): string[] {
  const named = [
    [VARIABLES.refreshSecret.name, settings.refreshSecret],
    ...settings.refreshSecretsPrevious.map((value) => [VARIABLES.refreshSecretsPrevious.name, value]),
    [VARIABLES.keyEncryptionSecret.name, settings.keyEncryptionSecret],
    ...settings.keyEncryptionSecretsPrevious.map((value) => [VARIABLES.keyEncryptionSecretsPrevious.name, value]),
    [VARIABLES.passwordPepper.name, settings.passwordPepper],
    ...settings.passwordPeppersPrevious.map((value) => [VARIABLES.passwordPeppersPrevious.name, value]),
  ] as const
  const first = new Map<unknown, string>()
  const problems = new Set<string>()
  for (const [name = '', value] of named) {
    if (value === '') continue
    const other = first.get(value)
    if (other === undefined) first.set(value, name)
    else problems.add(other === name ? `${name} must not hold a secret twice` : `${other} and ${name} must not hold the same secret`)
  }
  return [...problems]
}

function inProduction(settings: Settings): string[] {
  const problems: string[] = []
  if (settings.publicUrl?.startsWith('https://') === false) problems.push(`${VARIABLES.publicUrl.name} must be https in production`)
  if (settings.allowedOrigins.some((origin) => !origin.startsWith('https://')))
    problems.push(`${VARIABLES.allowedOrigins.name} must be https in production`)
  if (settings.rateLimits === 'off') problems.push(`${VARIABLES.rateLimits.name} must not be \`off\` in production`)
  return problems
}
