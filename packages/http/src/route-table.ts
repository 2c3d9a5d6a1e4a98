import type { PublicRule, SignedInRule } from '@sallyport/core'
import { inputsOf } from './inputs.ts'
import type { Operation, OperationId, Operations } from './operations.ts'
import * as output from './outputs.ts'
import type { Route, RouteInput, RouteOutput } from './route.ts'
import type { Schema } from './schema.ts'
import type { HttpSettings } from './settings.ts'

type BodyOf<Body> = [Body] extends [null] ? null : { readonly schema: Schema<NonNullable<Body>>; readonly required: null extends Body ? false : true }
type RowOf<O> =
  O extends Operation<infer Caller, infer Body, infer Query, infer Params, infer Output>
    ? Omit<Route, 'operationId' | 'rule' | 'input' | 'output'> & {
        readonly rule: Caller extends null ? PublicRule : SignedInRule
        readonly input: {
          readonly body: BodyOf<Body>
          readonly query: Query extends null ? null : Schema<Query>
          readonly parameter: Params extends null ? null : keyof Params
        }
        readonly output: Omit<RouteOutput, 'schema'> & { readonly schema: Output extends null ? null : Schema<Output> }
      }
    : never
type Table = { readonly [Id in OperationId]: RowOf<Operations[Id]> }

const PUBLIC: PublicRule = { access: 'public' }
const SIGNED_IN: SignedInRule = { access: 'signed-in' }
/** Reads the session in the jwt strategy too: whoever was signed out changes nothing any more. */
const STRICT: SignedInRule = { access: 'signed-in', strict: true }

const NO_INPUT = { body: null, query: null, parameter: null } as const
const OPEN = {
  rule: PUBLIC,
  credential: 'none',
  cookies: 'none',
  limits: [],
  account: 'none',
  crossSite: 'never',
  caching: 'no-store',
  problems: [],
} as const
const OWN = {
  rule: STRICT,
  credential: 'access',
  cookies: 'none',
  limits: [],
  account: 'none',
  crossSite: 'cookie',
  caching: 'no-store',
  problems: [],
} as const

/** All routes as data, in one place. Router, validation, OpenAPI, authorization tests and gateway configurations are made from it. */
export function routeTable(settings: Pick<HttpSettings, 'prefix' | 'transports' | 'limits'>): readonly Route[] {
  const { prefix, limits } = settings
  const input = inputsOf(settings)
  const passwordLimits = limits === 'off' ? [] : limits.password

  const table: Table = {
    register: {
      ...OPEN,
      method: 'POST',
      path: `${prefix}/register`,
      summary: 'Make an account and sign in',
      input: { ...NO_INPUT, body: { schema: input.register, required: true } },
      output: { status: 201, description: 'The account was made and its owner is signed in', schema: output.signedInOutput },
      cookies: 'sets',
      limits: limits === 'off' ? [] : limits.register,
      crossSite: 'always',
      problems: ['identity-taken', 'password-refused', 'overloaded', 'conflict'],
    },
    logIn: {
      ...OPEN,
      method: 'POST',
      path: `${prefix}/login`,
      summary: 'Sign in',
      input: { ...NO_INPUT, body: { schema: input.logIn, required: true } },
      output: { status: 200, description: 'Signed in, in a new session', schema: output.signedInOutput },
      cookies: 'sets',
      limits: passwordLimits,
      account: 'body-email',
      crossSite: 'always',
      problems: ['bad-credentials', 'overloaded', 'conflict'],
    },
    refresh: {
      ...OPEN,
      method: 'POST',
      path: `${prefix}/refresh`,
      summary: 'New credentials for the session (jwt strategy), or the same for longer (session strategy)',
      credential: 'refresh',
      input: { ...NO_INPUT, body: { schema: input.refreshToken, required: false } },
      output: { status: 200, description: 'The credentials from now on', schema: output.issuedOutput },
      cookies: 'sets',
      crossSite: 'always',
    },
    logOut: {
      ...OPEN,
      method: 'POST',
      path: `${prefix}/logout`,
      summary: 'End this session',
      credential: 'any',
      input: { ...NO_INPUT, body: { schema: input.refreshToken, required: false } },
      output: { status: 204, description: 'The session is over, durably', schema: null },
      cookies: 'clears',
      crossSite: 'always',
    },
    getMe: {
      ...OWN,
      method: 'GET',
      path: `${prefix}/me`,
      summary: 'Who is asking',
      rule: SIGNED_IN,
      input: NO_INPUT,
      output: { status: 200, description: 'The caller, as of the instant `asOf`', schema: output.meOutput },
      crossSite: 'never',
    },
    changeMe: {
      ...OWN,
      method: 'PATCH',
      path: `${prefix}/me`,
      summary: 'Change the name, replace the attributes',
      input: { ...NO_INPUT, body: { schema: input.profile, required: true } },
      output: { status: 200, description: 'The account as it is now', schema: output.profileOutput },
      problems: ['conflict'],
    },
    deleteMe: {
      ...OWN,
      method: 'DELETE',
      path: `${prefix}/me`,
      summary: 'Delete the account, with the password once more',
      input: { ...NO_INPUT, body: { schema: input.deleteAccount, required: true } },
      output: { status: 204, description: 'The account is gone and all its sessions are over', schema: null },
      cookies: 'clears',
      limits: passwordLimits,
      account: 'caller',
      problems: ['wrong-password', 'overloaded', 'conflict'],
    },
    changePassword: {
      ...OWN,
      method: 'POST',
      path: `${prefix}/password`,
      summary: 'Change the password; all sessions end and a new one begins',
      input: { ...NO_INPUT, body: { schema: input.password, required: true } },
      output: { status: 200, description: 'Changed; the caller goes on with these credentials', schema: output.signedInOutput },
      cookies: 'sets',
      limits: passwordLimits,
      account: 'caller',
      problems: ['wrong-password', 'password-refused', 'overloaded', 'conflict'],
    },
    listSessions: {
      ...OWN,
      method: 'GET',
      path: `${prefix}/sessions`,
      summary: 'The own sessions, one per device',
      input: { ...NO_INPUT, query: input.sessions },
      output: { status: 200, description: 'A page in no promised order; `cursor` leads to the next', schema: output.sessionsOutput },
      crossSite: 'never',
    },
    endSession: {
      ...OWN,
      method: 'DELETE',
      path: `${prefix}/sessions/{id}`,
      summary: 'End one of the own sessions',
      input: { ...NO_INPUT, parameter: 'id' },
      output: { status: 204, description: 'It is over, durably', schema: null },
      cookies: 'clears',
      problems: ['not-found'],
    },
    endSessions: {
      ...OWN,
      method: 'DELETE',
      path: `${prefix}/sessions`,
      summary: 'End all other sessions, or with `scope=all` this one too',
      input: { ...NO_INPUT, query: input.endSessions },
      output: { status: 204, description: 'They are over, durably', schema: null },
      cookies: 'clears',
    },
    keySet: {
      ...OPEN,
      method: 'GET',
      path: '/.well-known/jwks.json',
      summary: 'The public keys of access tokens (RFC 7517); empty in the session strategy',
      input: NO_INPUT,
      output: { status: 200, description: 'A JSON Web Key Set', schema: output.keySetOutput },
      caching: 'public',
    },
    discovery: {
      ...OPEN,
      method: 'GET',
      path: '/.well-known/openid-configuration',
      summary: 'Issuer and key set, for gateways that verify our tokens',
      input: NO_INPUT,
      output: { status: 200, description: 'The issuer’s metadata', schema: output.discoveryOutput },
      caching: 'public',
    },
    health: {
      ...OPEN,
      method: 'GET',
      path: '/healthz',
      summary: 'Alive; the strategy and the revocation bound',
      input: NO_INPUT,
      output: { status: 200, description: 'Alive', schema: output.healthOutput },
    },
    openApi: {
      ...OPEN,
      method: 'GET',
      path: '/openapi.json',
      summary: 'This document',
      input: NO_INPUT,
      output: { status: 200, description: 'OpenAPI 3.1', schema: output.openApiOutput },
      caching: 'public',
    },
  }

  return Object.entries(table).map(([operationId, row]) => ({
    ...row,
    operationId: operationId as OperationId,
    input: row.input as RouteInput,
    output: row.output,
  }))
}
