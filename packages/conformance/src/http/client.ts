import assert from 'node:assert/strict'
import { newToken } from '../stores/samples.ts'
import { PUBLIC_URL, type HttpTrial } from './http-harness.ts'
import type { KitResponse } from './kit-message.ts'

export const PASSWORD = 'correct horse battery staple'
export const NEXT_PASSWORD = 'a quite different sentence'

export interface Call {
  readonly token?: string | null
  readonly headers?: { readonly [name: string]: string | readonly string[] }
  /** Sent as JSON. */
  readonly json?: unknown
  readonly body?: string | Uint8Array
}

/** Sends with the usual headers of an API client. */
export function call(
  trial: Pick<HttpTrial, 'send'>,
  method: string,
  target: string,
  { token, headers = {}, json, body }: Call = {},
): Promise<KitResponse> {
  const sent = json === undefined ? (body ?? null) : JSON.stringify(json)
  return trial.send({
    method,
    target,
    headers: {
      ...(sent === null ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined || token === null ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: sent,
  })
}

/** The members that scenarios look at. Which of them an answer really has is held to the OpenAPI document, and to what the scenario expects. */
export interface Answered {
  readonly user: {
    readonly id: string
    readonly email: string
    readonly name: string | null
    readonly roles: readonly string[]
    readonly attributes: object
  }
  readonly accessToken: string
  readonly refreshToken?: string
  readonly expiresIn: number
  readonly session: { readonly id: string; readonly expiresAt: string }
  readonly sessions: readonly { readonly id: string; readonly current: boolean }[]
  readonly cursor: string | null
  readonly keys: readonly object[]
  readonly issuer: string
  readonly jwks_uri: string
  readonly strategy: string
  readonly revocationBoundSeconds: number
  readonly status: unknown
  readonly type: string
  readonly reason: string
  readonly requestId: string
}

/** The body of an answer that has this status. */
export function parsed(response: KitResponse, status: number): Answered {
  assert.equal(response.status, status, response.body)
  return JSON.parse(response.body) as Answered
}

/** The last part of the problem's type. */
export function problem(response: KitResponse, status: number): string {
  return parsed(response, status).type.replace('urn:sallyport:problem:', '')
}

export interface SignedIn {
  readonly email: string
  readonly userId: string
  readonly token: string
  /** `null` in the session strategy. */
  readonly refreshToken: string | null
}

export function newEmail(): string {
  return `${newToken().toLowerCase().replaceAll('_', 'x')}@example.org`
}

export async function register(trial: HttpTrial, email: string = newEmail()): Promise<SignedIn> {
  const answer = parsed(await call(trial, 'POST', '/auth/register', { json: { email, password: PASSWORD, name: 'Ada' } }), 201)
  return { email, userId: answer.user.id, token: answer.accessToken, refreshToken: answer.refreshToken ?? null }
}

export async function logIn(trial: HttpTrial, email: string, password: string = PASSWORD): Promise<SignedIn> {
  const answer = parsed(await call(trial, 'POST', '/auth/login', { json: { email, password } }), 200)
  return { email, userId: answer.user.id, token: answer.accessToken, refreshToken: answer.refreshToken ?? null }
}

/** Refreshes as the strategy wants it. */
export function refresh(trial: HttpTrial, { token, refreshToken }: SignedIn): Promise<KitResponse> {
  return refreshToken === null ? call(trial, 'POST', '/auth/refresh', { token }) : call(trial, 'POST', '/auth/refresh', { json: { refreshToken } })
}

export function me(trial: HttpTrial, token: string | null): Promise<KitResponse> {
  return call(trial, 'GET', '/auth/me', { token })
}

export async function isSignedIn(trial: HttpTrial, token: string): Promise<boolean> {
  const { status } = await me(trial, token)
  assert.ok(status === 200 || status === 401)
  return status === 200
}

/** A browser as far as cookies go: keeps what it is given, sends it back, and tells where its page comes from. */
export interface Browser {
  call(method: string, target: string, json?: unknown, headers?: Call['headers']): Promise<KitResponse>
  readonly cookies: ReadonlyMap<string, string>
}

export function browser(trial: HttpTrial, origin: string = PUBLIC_URL): Browser {
  const cookies = new Map<string, string>()
  return {
    cookies,
    call: async (method, target, json, headers) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const sent = { ...(cookie === '' ? {} : { cookie }), ...(method === 'GET' ? {} : { origin }), ...headers }
      const response = await call(trial, method, target, json === undefined ? { headers: sent } : { headers: sent, json })
      for (const line of response.cookies) {
        const [pair = ''] = line.split(';')
        const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]
        if (/max-age=0(?:;|$)/i.test(line)) cookies.delete(name)
        else cookies.set(name, value)
      }
      return response
    },
  }
}
