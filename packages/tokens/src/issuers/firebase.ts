import { ConfigurationError } from '@sallyport/core'
import { claimOf } from './claim-readers.ts'
import type { HostedClaims, HostedIssuer } from './hosted-issuer.ts'
import { oidc, type PresetOptions } from './oidc.ts'
import { requiredForm, requiredTexts } from './required.ts'

/** `roles`: a custom claim set by the Admin SDK. */
export interface FirebaseOptions extends PresetOptions {
  readonly projectId: string
  /** Whether somebody counts as signed in who has proven nothing: `signInAnonymously`. Not without this. */
  readonly allowAnonymous?: boolean
}

export interface IdentityPlatformOptions extends FirebaseOptions {
  /** The tenants whose users are accepted. Without them only users of the project itself are. */
  readonly tenants?: readonly string[]
}

const KEYS = 'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com'
const PROJECT = /^[a-z][a-z0-9-]{4,28}[a-z0-9]$/
const TENANT = /^[A-Za-z][A-Za-z0-9-]{2,62}$/
const EMULATOR = 'FIREBASE_AUTH_EMULATOR_HOST'

/**
 * ID tokens of Firebase Authentication. Users of tenants are refused: `identityPlatform` knows which.
 *
 * @throws ConfigurationError for a missing or impossible argument, and in production when `FIREBASE_AUTH_EMULATOR_HOST` is set: Google's own SDK checks no signature then.
 * Elsewhere the variable changes nothing here, and the emulator's unsigned tokens are refused.
 */
export function firebase(options: FirebaseOptions): HostedIssuer {
  return identityPlatform({ ...options, tenants: [] })
}

/**
 * As `firebase`, for projects with tenants. A user of a tenant has the tenant in the user id, because uids are unique within one tenant only.
 *
 * @throws ConfigurationError as `firebase`.
 */
export function identityPlatform({ projectId, tenants = [], allowAnonymous = false, ...rest }: IdentityPlatformOptions): HostedIssuer {
  refuseEmulator()
  const issuer = `https://securetoken.google.com/${requiredForm(projectId, PROJECT, 'projectId')}`
  const listed = tenants.length === 0 ? [] : requiredTexts(tenants, 'tenants').map((each) => requiredForm(each, TENANT, 'tenant'))
  const base = oidc({ issuer, audience: projectId, jwksUri: KEYS, algorithms: ['RS256'], type: 'JWT', ...rest })
  return {
    ...base,
    accepts: (claims) => {
      const { tenant, sign_in_provider: provider } = details(claims)
      const isListed = listed.length === 0 ? tenant === undefined : typeof tenant === 'string' && listed.includes(tenant)
      // Whether auth_time lies in the past is judged with the other times.
      return base.accepts(claims) && isListed && claimOf(claims, 'auth_time') !== undefined && (allowAnonymous || provider !== 'anonymous')
    },
    identify: (claims) => {
      const { tenant } = details(claims)
      return { realm: typeof tenant === 'string' ? `${issuer}/${tenant}` : issuer, subject: claims.sub }
    },
  }
}

function details(claims: HostedClaims): { readonly tenant?: unknown; readonly sign_in_provider?: unknown } {
  const value = claimOf(claims, 'firebase')
  return typeof value === 'object' && value !== null ? value : {}
}

function refuseEmulator(): void {
  if (process.env['NODE_ENV'] === 'production' && process.env[EMULATOR]) {
    throw new ConfigurationError(`${EMULATOR} is set in production.`)
  }
}
