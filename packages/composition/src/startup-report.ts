import type { Application } from './compose.ts'
import type { Settings } from './configuration/settings.ts'
import type { LocalSecrets } from './local-secrets.ts'

export interface StartupReport {
  readonly application: Pick<Application, 'publicUrl' | 'revocationBoundSeconds'>
  readonly settings: Settings
  /** Where it listens, such as `http://localhost:4000`. */
  readonly url: string
  /** One phrase: which store, and where. */
  readonly store: string
  /** `null` when all secrets came from the environment. */
  readonly secrets: Pick<LocalSecrets, 'path' | 'created'> | null
}

/** What a person reads when the local app has started. Holds no secret. */
export function startupReport({ application, settings, url, store, secrets }: StartupReport): string {
  const bound = application.revocationBoundSeconds
  const lines = [
    `Sallyport listens on ${url}`,
    ...(application.publicUrl === url ? [] : [`  public URL        ${application.publicUrl}`]),
    `  store             ${store}`,
    `  strategy          ${settings.strategy}${settings.strategy === 'jwt' ? ` (${settings.signingAlgorithm}, access tokens live ${settings.accessTokenSeconds} s)` : ''}`,
    `  revocation bound  ${bound} s: ${bound === 0 ? 'an ended session is refused from the next request on' : 'after that an ended session is refused everywhere'}`,
    ...(secrets === null
      ? []
      : [`  secrets           ${secrets.created ? 'created' : 'read'} in ${secrets.path} (for this machine only, never in production)`]),
  ]
  return [...lines, '', ...firstSteps(settings, url), ''].join('\n')
}

/**
 * Three lines for a POSIX shell with curl and nothing else, good however often they are pasted: each registers a person of its own. The token is taken out of
 * the answer by sed, so that no JSON tool is needed.
 */
function firstSteps({ pathPrefix, passwordMinimum, transports, defaultTransport }: Settings, url: string): string[] {
  if (!transports.includes('bearer')) return [`Credentials travel in cookies only. What there is to call: ${url}/openapi.json`]
  const base = `${url}${pathPrefix}`
  const password = passwordMinimum <= SHORT_PASSWORD.length ? SHORT_PASSWORD : LONG_PASSWORD
  const transport = defaultTransport === 'bearer' ? '' : ',\\"transport\\":\\"bearer\\"'
  const body = `{\\"email\\":\\"$EMAIL\\",\\"password\\":\\"${password}\\"${transport}}`
  const post = (path: string): string => `curl -s ${base}/${path} -H 'content-type: application/json' -d "${body}"`
  return [
    'Try it: register, log in, ask who you are.',
    '',
    `EMAIL="ada.$(date +%s%N).$$@example.com"; ${post('register')}; echo`,
    `TOKEN=$(${post('login')} | sed -n 's/.*"accessToken":"\\([^"]*\\)".*/\\1/p'); echo "$TOKEN"`,
    `curl -s ${base}/me -H "authorization: Bearer $TOKEN"; echo`,
  ]
}

const SHORT_PASSWORD = 'harbour walnut lantern'
const LONG_PASSWORD = 'harbour walnut lantern copper meadow violin thimble orchard saddle window'
