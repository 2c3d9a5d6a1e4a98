import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { PublicJwk, Stores } from '@sallyport/core'
import type { HttpHandler, HttpRequest, HttpResponse } from '@sallyport/http'
import { ACCOUNT, TRIVIAL_HASH } from './account.ts'
import { loadOurs } from './bundle.ts'
import { eventText, ORIGIN, type LambdaEvent, type LambdaResult } from './lambda-event.ts'

export interface OurAppOptions {
  readonly strategy: 'session' | 'jwt'
  readonly hash: 'trivial' | 'argon2id'
  /** Of verified tokens. */
  readonly cache?: boolean
  /** Told of every call of a store; without it nothing stands between. */
  readonly onStoreCall?: () => void
}

/** Sallyport put together as an app does it, over the memory store, with one account that is signed in. */
export interface OurApp {
  readonly handle: (event: string) => LambdaResult | Promise<LambdaResult>
  readonly http: HttpHandler
  readonly login: (password: string, email?: string) => string
  readonly accessToken: string
  /** Name and value, when signed in with the cookie transport. */
  readonly cookie: string
  readonly publicKeys: () => Promise<readonly PublicJwk[]>
  readonly close: () => Promise<void>
}

export const AUDIENCE = 'bench'
const CACHE = { maxEntries: 10_000, maxAgeSeconds: 300 }
/** The limits are counted as shipped, and high enough never to be reached. */
const HIGH_LIMITS = ['password-pair', 'password-account', 'password-network', 'register-network'].map((id) => ({
  id,
  limit: 1e9,
  windowSeconds: 900,
}))

export async function ourApp({ strategy, hash, cache = false, onStoreCall }: OurAppOptions): Promise<OurApp> {
  const { aesKeyWrapper, commonPasswordsFrom, compose, configuration, memoryStores, passwordHasher, tokenSigner, tokenVerifier } = await loadOurs()
  const secret = (): string => randomBytes(32).toString('base64url')
  const settings = configuration({
    NODE_ENV: 'production',
    SALLYPORT_STRATEGY: strategy,
    SALLYPORT_PUBLIC_URL: ORIGIN,
    SALLYPORT_AUDIENCE: AUDIENCE,
    SALLYPORT_REFRESH_SECRET: secret(),
    SALLYPORT_KEY_ENCRYPTION_SECRET: secret(),
    SALLYPORT_PASSWORD_PEPPER: secret(),
  })
  const application = compose({
    settings: { ...settings, rateLimitOverrides: HIGH_LIMITS },
    adapters: {
      stores: ({ clock }) => (onStoreCall === undefined ? memoryStores({ clock }) : watched(memoryStores({ clock }), onStoreCall)),
      tokenSigner: () => tokenSigner(),
      tokenVerifier: ({ clock, issuer }) => tokenVerifier({ clock, issuer, audience: AUDIENCE, ...(cache ? { cache: CACHE } : {}) }),
      keyWrapper: ({ random }) => aesKeyWrapper({ secret: settings.keyEncryptionSecret, random }),
      passwordHasher: () =>
        hash === 'argon2id' ? passwordHasher({ algorithm: 'argon2id', pepper: Buffer.from(settings.passwordPepper) }) : trivialHasher,
      commonPasswords: () => commonPasswordsFrom(() => []),
      auditLog: () => ({ record: () => Promise.resolve() }),
      reportError: (error) => console.error(error),
    },
  })
  await application.ready()
  const handle = throughOurs(application.http.handle)
  const bearer = await registered(handle, ACCOUNT.email, 'bearer')
  const cookie = await registered(handle, `cookie.${ACCOUNT.email}`, 'cookie')
  return {
    handle,
    http: application.http.handle,
    login: (password, email = ACCOUNT.email) => eventText({ method: 'POST', path: '/auth/login', body: JSON.stringify({ email, password }) }),
    accessToken: (JSON.parse(bearer.body) as { accessToken: string }).accessToken,
    cookie: cookie.cookies[0]?.split(';')[0] ?? '',
    publicKeys: application.authentication.publicKeys,
    close: application.close,
  }
}

function watched(stores: Stores, onCall: () => void): Stores {
  const port = <Port extends object>(methods: Port): Port =>
    Object.fromEntries(
      Object.entries(methods).map(([name, method]: [string, (...parameters: unknown[]) => unknown]) => [
        name,
        (...parameters: unknown[]) => {
          onCall()
          return method(...parameters)
        },
      ]),
    ) as Port
  const { users, sessions, oneTimeTokens, counters, keys, close } = stores
  return { users: port(users), sessions: port(sessions), oneTimeTokens: port(oneTimeTokens), counters: port(counters), keys: port(keys), close }
}

const trivialHasher = {
  hash: TRIVIAL_HASH.hash,
  verify: async (password: string, stored: string | null) => ({ matches: await TRIVIAL_HASH.verify(password, stored), needsRehash: false }),
  close: () => Promise.resolve(),
}

async function registered(handle: OurApp['handle'], email: string, transport: 'bearer' | 'cookie'): Promise<LambdaResult> {
  const body = JSON.stringify({ ...ACCOUNT, email, transport })
  const result = await handle(eventText({ method: 'POST', path: '/auth/register', headers: { origin: ORIGIN }, body }))
  assert.equal(result.statusCode, 201, result.body)
  return result
}

/** The small mapping that a platform for Lambda is: an event in, a result out. */
function throughOurs(handle: HttpHandler): OurApp['handle'] {
  return (text) => {
    const response = handle(requestOf(JSON.parse(text) as LambdaEvent))
    return response instanceof Promise ? response.then(resultOf) : resultOf(response)
  }
}

function requestOf({ rawPath, rawQueryString, headers, cookies, requestContext, body }: LambdaEvent): HttpRequest {
  return {
    method: requestContext.http.method,
    path: rawPath,
    query: rawQueryString,
    headers: cookies === undefined ? headers : { ...headers, cookie: cookies.join('; ') },
    body: body === undefined ? null : Buffer.from(body),
    address: requestContext.http.sourceIp,
    requestId: requestContext.requestId,
  }
}

function resultOf({ status, headers, cookies, body }: HttpResponse): LambdaResult {
  return { statusCode: status, headers, cookies, body }
}
