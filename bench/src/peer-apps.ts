import { Auth, type AuthConfig } from '@auth/core'
import { encode } from '@auth/core/jwt'
import Credentials from '@auth/core/providers/credentials'
import { betterAuth, type BetterAuthOptions } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import { getMigrations } from 'better-auth/db/migration'
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { DatabaseSync } from 'node:sqlite'
import { ACCOUNT, TRIVIAL_HASH } from './account.ts'
import { eventText, ORIGIN, throughFetch, type LambdaResult } from './lambda-event.ts'

/** An application of a peer with one account, who is signed in. */
export interface PeerApp {
  readonly name: string
  /** The text of a Lambda event in, what Lambda wants back out. */
  readonly handle: (event: string) => Promise<LambdaResult>
  /** Asks who is signed in. */
  readonly me: string
  /** Signs in; `null` where this configuration has no passwords. */
  readonly login: ((password: string) => string) | null
}

const SECRET = '5f0c3e9a7b1d4826a0e8c6d2b4f91375'

type BetterAuth = Pick<ReturnType<typeof betterAuth>, 'handler' | 'api'>

export async function betterAuthOn(database: 'memory' | 'sqlite'): Promise<BetterAuth> {
  const memory = { user: [], session: [], account: [], verification: [] }
  const options: BetterAuthOptions = {
    baseURL: ORIGIN,
    secret: SECRET,
    database: database === 'memory' ? memoryAdapter(memory) : new DatabaseSync(':memory:'),
    emailAndPassword: {
      enabled: true,
      password: { hash: TRIVIAL_HASH.hash, verify: ({ password, hash }: { password: string; hash: string }) => TRIVIAL_HASH.verify(password, hash) },
    },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    telemetry: { enabled: false },
    // A login leaves one session behind, and the memory adapter searches a list: kept short, so that it is an instant store here too.
    databaseHooks: { session: { create: { after: () => Promise.resolve(void memory.session.splice(1, memory.session.length - 2)) } } },
  }
  if (database === 'sqlite') {
    await (await getMigrations(options)).runMigrations()
  }
  return betterAuth(options)
}

export async function betterAuthSignUp(auth: BetterAuth): Promise<string> {
  const signedUp = await auth.handler(
    new Request(`${ORIGIN}/api/auth/sign-up/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: ORIGIN },
      body: JSON.stringify(ACCOUNT),
    }),
  )
  assert.equal(signedUp.status, 200, await signedUp.clone().text())
  return cookiesOf(signedUp).join('; ')
}

export async function betterAuthApp(database: 'memory' | 'sqlite'): Promise<PeerApp> {
  const auth = await betterAuthOn(database)
  const cookie = await betterAuthSignUp(auth)
  return {
    name: `better-auth, ${database}`,
    handle: (event) => throughFetch(event, auth.handler),
    me: eventText({ method: 'GET', path: '/api/auth/get-session', cookies: cookie.split('; ') }),
    login: (password) =>
      eventText({
        method: 'POST',
        path: '/api/auth/sign-in/email',
        headers: { origin: ORIGIN },
        body: JSON.stringify({ email: ACCOUNT.email, password }),
      }),
  }
}

/** Its session check without HTTP routing: not the same work as the others, and so not what a goal is judged by. */
export async function betterAuthApi(): Promise<{ readonly name: string; readonly run: () => Promise<unknown> }> {
  const auth = await betterAuthOn('memory')
  const headers = new Headers({ cookie: await betterAuthSignUp(auth) })
  assert.equal((await auth.api.getSession({ headers }))?.user.email, ACCOUNT.email)
  return { name: 'better-auth api.getSession (no HTTP)', run: () => auth.api.getSession({ headers }) }
}

const AUTHJS_COOKIE = '__Secure-authjs.session-token'
const AUTHJS_CSRF_COOKIE = '__Host-authjs.csrf-token'
const AUTHJS: Pick<AuthConfig, 'trustHost' | 'secret' | 'basePath' | 'logger'> = {
  trustHost: true,
  secret: SECRET,
  basePath: '/auth',
  logger: { error() {}, warn() {}, debug() {} },
}

export async function authJsDatabaseApp(): Promise<PeerApp> {
  const user = { id: 'u1', name: ACCOUNT.name, email: ACCOUNT.email, emailVerified: null }
  const session = { sessionToken: '5c3f9e', userId: user.id, expires: new Date(Date.now() + 29.9 * 86_400_000) }
  const sessions = new Map([[session.sessionToken, { session, user }]])
  const refuse = (): never => {
    throw new Error('not part of a session check')
  }
  const config: AuthConfig = {
    ...AUTHJS,
    session: { strategy: 'database' },
    adapter: {
      getSessionAndUser: (token: string) => Promise.resolve(sessions.get(token) ?? null),
      ...Object.fromEntries(
        [
          'createUser',
          'getUser',
          'getUserByEmail',
          'getUserByAccount',
          'updateUser',
          'linkAccount',
          'createSession',
          'updateSession',
          'deleteSession',
        ].map((name) => [name, refuse]),
      ),
    },
    providers: [
      {
        id: 'x',
        name: 'x',
        type: 'oauth',
        clientId: 'c',
        authorization: `${ORIGIN}/authorize`,
        token: `${ORIGIN}/token`,
        userinfo: `${ORIGIN}/userinfo`,
      },
    ],
  }
  return {
    name: 'Auth.js, database strategy',
    handle: (event) => throughFetch(event, (request) => Auth(request, config)),
    me: eventText({ method: 'GET', path: '/auth/session', cookies: [`${AUTHJS_COOKIE}=${session.sessionToken}`] }),
    login: null,
  }
}

export async function authJsJwtApp(): Promise<PeerApp> {
  const users = new Map([
    [ACCOUNT.email as string, { id: 'u1', name: ACCOUNT.name, email: ACCOUNT.email, hash: await TRIVIAL_HASH.hash(ACCOUNT.password) }],
  ])
  const config: AuthConfig = {
    ...AUTHJS,
    session: { strategy: 'jwt' },
    providers: [
      Credentials({
        credentials: { email: {}, password: {} },
        authorize: async ({ email, password }) => {
          const user = users.get(String(email))
          return user !== undefined && (await TRIVIAL_HASH.verify(String(password), user.hash))
            ? { id: user.id, name: user.name, email: user.email }
            : null
        },
      }),
    ],
  }
  const token = await encode({ secret: SECRET, salt: AUTHJS_COOKIE, maxAge: 3600, token: { sub: 'u1', name: ACCOUNT.name, email: ACCOUNT.email } })
  const csrfToken = createHash('sha256').update('csrf').digest('hex')
  const csrfCookie = `${csrfToken}|${createHash('sha256').update(`${csrfToken}${SECRET}`).digest('hex')}`
  return {
    name: 'Auth.js, JWT strategy',
    handle: (event) => throughFetch(event, (request) => Auth(request, config)),
    me: eventText({ method: 'GET', path: '/auth/session', cookies: [`${AUTHJS_COOKIE}=${token}`] }),
    login: (password) =>
      eventText({
        method: 'POST',
        path: '/auth/callback/credentials',
        headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-auth-return-redirect': '1' },
        cookies: [`${AUTHJS_CSRF_COOKIE}=${encodeURIComponent(csrfCookie)}`],
        body: new URLSearchParams({ csrfToken, email: ACCOUNT.email, password }).toString(),
      }),
  }
}

function cookiesOf(response: Response): readonly string[] {
  return response.headers.getSetCookie().map((line) => line.slice(0, line.indexOf(';')))
}

/** It answers its own account and nobody else's, or it does not run here. */
export async function proveApp({ name, handle, me, login }: PeerApp): Promise<void> {
  const found = await handle(me)
  assert.equal(found.statusCode, 200, `${name}: ${found.body}`)
  assert.ok(found.body.includes(ACCOUNT.email), `${name} does not tell who is signed in: ${found.body}`)
  const stranger = await handle(eventText({ method: 'GET', path: (JSON.parse(me) as { rawPath: string }).rawPath }))
  assert.ok(!stranger.body.includes(ACCOUNT.email), `${name} takes a stranger for the account`)
  if (login === null) return
  assert.ok(signsIn(await handle(login(ACCOUNT.password))), `${name} refuses the right password`)
  assert.ok(!signsIn(await handle(login('wrong'))), `${name} accepts a wrong password`)
}

function signsIn({ cookies }: LambdaResult): boolean {
  return cookies.some((line) => /session_?-?token=[^;]/.test(line))
}
