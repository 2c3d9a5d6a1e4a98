import {
  authentication,
  jwtStrategy,
  keyRing,
  recentChanges,
  recordAudit,
  sessionStrategy,
  systemRandom,
  type AuditEvent,
  type Authentication,
  type PasswordHasher,
  type StrategyName,
  type Stores,
} from '@sallyport/core'
import { memoryStores } from '@sallyport/store-memory'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'
import { httpApplication, type HttpApplication, type HttpRequest, type HttpResponse, type HttpSettings } from '../src/index.ts'
import type { DiscoveryView, HealthView, KeySetView, SessionsView, SignedInView } from '../src/outputs.ts'
import { responseChecker } from './response-checker.ts'

export const PUBLIC_URL = 'https://auth.example.com'
export const PASSWORD = 'correct horse battery staple'

export const SETTINGS: HttpSettings = {
  prefix: '/auth',
  publicUrl: PUBLIC_URL,
  allowedOrigins: ['https://app.example.com'],
  transports: ['bearer', 'cookie'],
  defaultTransport: 'bearer',
  limits: 'off',
  signingAlgorithms: ['ES256'],
  version: '1.2.3',
}

export class ManualClock {
  instant: number = Date.UTC(2030, 0, 1)
  now(): number {
    return this.instant
  }
}

export interface Sent {
  /** An object is sent as JSON, bytes and text as they are. */
  readonly body?: unknown
  readonly headers?: HttpRequest['headers']
  readonly query?: string
  readonly address?: string | null
}

/** Everything that some answer has; a test reads what its own answer has, which the response checker has held against the document. */
export interface ReceivedJson extends SignedInView, SessionsView, HealthView, KeySetView, DiscoveryView {
  readonly accessToken: string
  readonly asOf: string
  readonly type: string
  readonly detail?: string
  readonly reason?: string
  readonly requestId: string
  readonly errors: readonly { readonly pointer?: string; readonly parameter?: string; readonly detail: string }[]
}

export interface Received extends HttpResponse {
  readonly json: ReceivedJson
}

export interface TestApplication extends HttpApplication {
  readonly clock: ManualClock
  readonly authentication: Authentication
  readonly errors: unknown[]
  readonly events: AuditEvent[]
  /** Names of the store methods called since the last look. */
  readonly storeCalls: () => string[]
  /** Makes every store method whose name matches throw that. */
  readonly breakStore: (pattern: RegExp, error: Error) => void
  /** Sends, and fails the test when the response is not what the OpenAPI document says. */
  readonly send: (method: string, path: string, sent?: Sent) => Promise<Received>
  /** A new account by bearer; its answer. */
  readonly registered: (email?: string) => Promise<Received>
}

export interface TestOptions {
  readonly strategy?: StrategyName
  readonly settings?: Partial<HttpSettings>
  readonly hasher?: PasswordHasher
}

/** Quick, and not a hash: a test of this package is no test of hashing. */
const quickHasher: PasswordHasher = {
  hash: (password) => Promise.resolve(`quick:${password}`),
  verify: (password, stored) => Promise.resolve({ matches: stored === `quick:${password}`, needsRehash: false }),
}

export async function testApplication({
  strategy: name = 'session',
  settings: own = {},
  hasher = quickHasher,
}: TestOptions = {}): Promise<TestApplication> {
  const clock = new ManualClock()
  const errors: unknown[] = []
  const events: AuditEvent[] = []
  const { stores, storeCalls, breakStore } = watched(memoryStores({ clock }))
  const random = systemRandom
  const audit = recordAudit({ log: { record: (event) => Promise.resolve(void events.push(event)) }, clock, onFailure: 'block' })
  const lifetimes = { idleSeconds: 7 * 86_400, absoluteSeconds: 30 * 86_400, accessTokenSeconds: 300, refreshGraceSeconds: 10 }
  const recent = recentChanges({ clock, tokenLifeSeconds: 300 })
  const sessions = name === 'jwt' ? recent.watch(stores.sessions) : stores.sessions
  const verifier = tokenVerifier({ clock, issuer: PUBLIC_URL, audience: 'test' })
  const signer = tokenSigner()
  const keys = keyRing({
    store: stores.keys,
    wrapper: aesKeyWrapper({ secret: 'k'.repeat(32), random }),
    signer,
    verifier,
    clock,
    audit,
    settings: {
      algorithm: 'ES256',
      rotationSeconds: 86_400,
      publishLeadSeconds: 600,
      refreshSeconds: 300,
      maxStaleSeconds: 3600,
      tokenLifeSeconds: 305,
    },
  })
  if (name === 'jwt') await keys.load()
  const shared = { sessions, clock, random, lifetimes, roleScopes: {} }
  const strategy =
    name === 'jwt'
      ? jwtStrategy({
          ...shared,
          recent,
          keys,
          signer,
          verifier,
          refreshSecrets: ['r'.repeat(32)],
          issuer: PUBLIC_URL,
          audience: 'test',
          clientId: 'test',
          profileInToken: true,
        })
      : sessionStrategy(shared)
  const auth = authentication({
    stores: { ...stores, sessions },
    strategy,
    keys: name === 'jwt' ? keys : null,
    hasher,
    commonPasswords: { includes: (password) => password === 'passwordpassword' },
    clock,
    random,
    audit,
    settings: { lifetimes, passwordMinimum: 15, contextWords: ['sallyport'], revocationBoundSeconds: name === 'jwt' ? 300 : 0 },
  })
  const settings = { ...SETTINGS, ...own }
  const application = httpApplication({ authentication: auth, settings, onError: (error) => void errors.push(error) })
  const check = await responseChecker(application)
  storeCalls()

  const send: TestApplication['send'] = async (method, path, { body, headers = {}, query = '', address = '203.0.113.7' } = {}) => {
    const encoded = encode(body)
    const typed = encoded === null || 'content-type' in headers ? headers : { 'content-type': 'application/json', ...headers }
    const response = await application.handle({ method, path, query, headers: typed, body: encoded, address, requestId: 'request-1' })
    check(method, path, response)
    return { ...response, json: (response.body === '' ? {} : JSON.parse(response.body)) as ReceivedJson }
  }

  return {
    ...application,
    clock,
    authentication: auth,
    errors,
    events,
    storeCalls,
    breakStore,
    send,
    registered: (email = 'ada@example.com') => send('POST', '/auth/register', { body: { email, password: PASSWORD } }),
  }
}

export function bearer(accessToken: string): Record<string, string> {
  return { authorization: `Bearer ${accessToken}` }
}

/** What a browser would send back. */
export function cookieHeader(response: HttpResponse): string {
  return response.cookies.map((line) => line.slice(0, line.indexOf(';'))).join('; ')
}

function encode(body: unknown): Uint8Array | null | 'too-large' {
  if (body === undefined) return null
  if (body === 'too-large' || body instanceof Uint8Array) return body
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
}

type Methods = { readonly [method: string]: (...given: unknown[]) => unknown }

function watched(stores: Stores): { stores: Stores; storeCalls: () => string[]; breakStore: TestApplication['breakStore'] } {
  let calls: string[] = []
  let broken: { pattern: RegExp; error: Error } | null = null
  const watch = <S extends object>(store: S, port: string): S => {
    const methods = store as unknown as Methods
    const watching = Object.keys(methods).map((method): [string, Methods[string]] => [
      method,
      (...given) => {
        calls.push(`${port}.${method}`)
        return broken?.pattern.test(`${port}.${method}`) === true ? Promise.reject(broken.error) : methods[method]?.(...given)
      },
    ])
    return Object.fromEntries(watching) as unknown as S
  }
  const { users, sessions, oneTimeTokens, counters, keys, close } = stores
  return {
    stores: {
      users: watch(users, 'users'),
      sessions: watch(sessions, 'sessions'),
      oneTimeTokens: watch(oneTimeTokens, 'oneTimeTokens'),
      counters: watch(counters, 'counters'),
      keys: watch(keys, 'keys'),
      close,
    },
    storeCalls: () => {
      const before = calls
      calls = []
      return before
    },
    breakStore: (pattern, error) => {
      broken = { pattern, error }
    },
  }
}
