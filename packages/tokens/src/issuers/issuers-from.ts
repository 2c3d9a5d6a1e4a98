import { ConfigurationError } from '@sallyport/core'
import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { entra } from './entra.ts'
import { firebase, identityPlatform } from './firebase.ts'
import type { HostedIssuer } from './hosted-issuer.ts'
import { oidc } from './oidc.ts'

/** An issuer as a configuration writes it: the name of a preset and the arguments of that, both as JSON has them. */
export interface IssuerEntry {
  readonly preset: string
  readonly [argument: string]: unknown
}

interface Preset {
  /** Checks each argument that it has, as it does for code. */
  readonly make: (given: never) => HostedIssuer | readonly HostedIssuer[]
  readonly takes: readonly string[]
}

/** Keys and functions are for code: they do not fit into an environment. */
const BY_ALL = ['roles', 'requiredClaims']
const PRESETS: { readonly [name: string]: Preset } = {
  auth0: { make: auth0, takes: ['domain', 'audience'] },
  cognito: { make: cognito, takes: ['region', 'userPoolId', 'clientId', 'tokenUse', 'audience', 'issuerType'] },
  entra: { make: entra, takes: ['tenants', 'audience', 'tokenUse', 'identity'] },
  firebase: { make: firebase, takes: ['projectId', 'allowAnonymous'] },
  identityPlatform: { make: identityPlatform, takes: ['projectId', 'allowAnonymous', 'tenants'] },
  oidc: { make: oidc, takes: ['issuer', 'audience', 'jwksUri', 'algorithms', 'type'] },
}

/**
 * The issuers of a configuration, each made by its preset.
 *
 * @throws ConfigurationError (`configuration`) for a preset that is none, an argument that it does not take or that has another form, and whatever the preset refuses; says which entry, and never a value.
 */
export function issuersFrom(entries: readonly IssuerEntry[]): readonly HostedIssuer[] {
  return entries.flatMap(({ preset: name, ...given }, index) => {
    const refuse = (what: string): ConfigurationError => new ConfigurationError(`Hosted issuer ${index + 1}: ${what}`)
    const preset = Object.hasOwn(PRESETS, name) ? PRESETS[name] : undefined
    if (preset === undefined) throw refuse(`its preset is one of ${Object.keys(PRESETS).join(', ')}.`)
    const takes = [...preset.takes, ...BY_ALL]
    for (const [argument, value] of Object.entries(given)) {
      if (!takes.includes(argument)) throw refuse(`${name} takes ${takes.join(', ')}, and nothing else.`)
      if (!hasForm(argument, value)) throw refuse(`its ${argument} has a form that ${name} does not take.`)
    }
    try {
      return preset.make(given as never)
    } catch (error) {
      throw error instanceof ConfigurationError ? refuse(error.message) : error
    }
  })
}

/** Of those whose form a preset leaves to the compiler. */
function hasForm(argument: string, value: unknown): boolean {
  switch (argument) {
    case 'allowAnonymous':
      // The text "false" would be true.
      return typeof value === 'boolean'
    case 'requiredClaims':
      return typeof value === 'object' && value !== null && !Array.isArray(value)
    case 'tenants':
      // Leaving it out says that there are none.
      return Array.isArray(value) && value.length > 0
    case 'roles':
      return typeof value === 'string'
    default:
      return true
  }
}
