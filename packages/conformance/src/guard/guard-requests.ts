import { protectedRoutes, type GuardRefusal } from '@sallyport/guard'
import { ACCESS_COOKIE, REFRESH_COOKIE } from '@sallyport/http'
import { ORIGINS, type GuardHarness, type GuardKitRequest, type TrialHarness } from './guard-harness.ts'
import type { GuardTokens } from './guard-tokens.ts'

type Who = keyof GuardTokens['userIds']

/** `nobody`: let in without being anybody. `undeclared`: refused in whatever way, because no route of the table is meant. */
export type ExpectedVerdict = Who | 'nobody' | 'undeclared' | GuardRefusal

/** One request with its verdict, equal through every rendering. */
export interface GuardCase {
  readonly id: string
  readonly what: string
  readonly method: string
  readonly path: string
  readonly headers: (tokens: GuardTokens) => GuardKitRequest['headers']
  readonly expected: ExpectedVerdict
}

type Headers = GuardCase['headers']

const none: Headers = () => ({})
const bearer =
  (token: keyof Omit<GuardTokens, 'userIds'>): Headers =>
  (tokens) => ({ authorization: `Bearer ${tokens[token]}` })
/** `T` stands for a good token. */
const authorization =
  (form: string): Headers =>
  ({ plain }) => ({ authorization: form.replaceAll('T', plain) })
const cookie =
  (form: string, others: GuardKitRequest['headers'] = {}): Headers =>
  ({ plain }) => ({ cookie: form.replace('TOKEN', plain), ...others })
const GOOD_COOKIE = `${ACCESS_COOKIE}=TOKEN`

/** `[what, method and path, headers, verdict]`. */
type Row = readonly [what: string, target: string, headers: Headers, expected: ExpectedVerdict]

const credentials: readonly Row[] = [
  ['a good token', 'POST /posts', bearer('plain'), 'plain'],
  ['no credential', 'POST /posts', none, 'unauthenticated'],
  ['no credential where nobody needs one', 'GET /posts', none, 'nobody'],
  ['an expired token', 'POST /posts', bearer('expired'), 'unauthenticated'],
  ['a token whose session was ended', 'POST /posts', bearer('revoked'), 'unauthenticated'],
  ['a token whose account is gone', 'POST /posts', bearer('deleted'), 'unauthenticated'],
  ['a token of another deployment', 'POST /posts', bearer('foreign'), 'unauthenticated'],
  ['a token with one character changed', 'POST /posts', bearer('forged'), 'unauthenticated'],
  ['the claim of one token with the proof of another', 'POST /posts', bearer('swapped'), 'unauthenticated'],
  ['a token of another kind', 'POST /posts', bearer('otherKind'), 'unauthenticated'],
  ['an expired token where a role is needed', 'DELETE /posts/7', bearer('expired'), 'unauthenticated'],
  ['a forged token where a role is needed', 'GET /drafts', bearer('forged'), 'unauthenticated'],
  ['a token of another issuer, signed by our key', 'POST /posts', bearer('otherIssuer'), 'unauthenticated'],
  ['a token for another audience, signed by our key', 'POST /posts', bearer('otherAudience'), 'unauthenticated'],
  ['a token of another type, signed by our key', 'POST /posts', bearer('otherType'), 'unauthenticated'],
]

const rules: readonly Row[] = [
  ['a role that is missing', 'DELETE /posts/7', bearer('plain'), 'forbidden'],
  ['one of two roles', 'DELETE /posts/7', bearer('editor'), 'editor'],
  ['the other of two roles', 'DELETE /posts/7', bearer('admin'), 'admin'],
  ['a role that is another', 'GET /drafts', bearer('admin'), 'forbidden'],
  ['the one role', 'GET /drafts', bearer('editor'), 'editor'],
  ['one of two scopes', 'GET /users', bearer('plain'), 'forbidden'],
  ['both scopes', 'GET /users', bearer('admin'), 'admin'],
  ['a sign-in that is fresh', 'POST /transfer', bearer('plain'), 'plain'],
  ['a sign-in that is too old', 'POST /transfer', bearer('stale'), 'not-fresh'],
  ['an old sign-in where it does not matter', 'GET /posts/7', bearer('stale'), 'stale'],
  ['a strict rule and its role', 'DELETE /vault', bearer('admin'), 'admin'],
  ['a strict rule without its role', 'DELETE /vault', bearer('editor'), 'forbidden'],
  ['a strict rule and an ended session', 'DELETE /vault', bearer('revoked'), 'unauthenticated'],
  ['a strict rule and nobody', 'DELETE /vault', none, 'unauthenticated'],
  ['another method of the same path', 'GET /posts/7', bearer('plain'), 'plain'],
  ['a role in other letters, and one that is its beginning', 'GET /drafts', bearer('nearly'), 'forbidden'],
  ['a scope that is the beginning of it, and one that begins with it', 'GET /users', bearer('nearly'), 'forbidden'],
]

const headers: readonly Row[] = [
  ['the scheme in small letters', 'POST /posts', authorization('bearer T'), 'plain'],
  ['the scheme in capitals', 'POST /posts', authorization('BEARER T'), 'plain'],
  ['another scheme', 'POST /posts', authorization('Basic T'), 'unauthenticated'],
  ['a scheme that only begins like it', 'POST /posts', authorization('BearerToken T'), 'unauthenticated'],
  ['no scheme', 'POST /posts', authorization('T'), 'unauthenticated'],
  ['a scheme alone', 'POST /posts', authorization('Bearer'), 'unauthenticated'],
  ['two blanks', 'POST /posts', authorization('Bearer  T'), 'unauthenticated'],
  ['two tokens in one line', 'POST /posts', authorization('Bearer T, Bearer T'), 'unauthenticated'],
  ['two tokens behind one scheme', 'POST /posts', authorization('Bearer T T'), 'unauthenticated'],
  ['two lines', 'POST /posts', ({ plain }) => ({ authorization: [`Bearer ${plain}`, `Bearer ${plain}`] }), 'unauthenticated'],
  ['two lines, the second good', 'POST /posts', ({ plain }) => ({ authorization: ['Bearer x', `Bearer ${plain}`] }), 'unauthenticated'],
  ['a padded token', 'POST /posts', authorization('Bearer T='), 'unauthenticated'],
  ['a quoted token', 'POST /posts', authorization('Bearer "T"'), 'unauthenticated'],
  ['a token and a fourth part', 'POST /posts', authorization('Bearer T.x'), 'unauthenticated'],
  ['a token escaped for a URL', 'POST /posts', ({ plain }) => ({ authorization: `Bearer ${plain.replaceAll('.', '%2E')}` }), 'unauthenticated'],
  ['what a bad escape looks like', 'POST /posts', authorization('Bearer %E0%A4%A'), 'unauthenticated'],
  ['a text of 9,000 characters', 'POST /posts', authorization(`Bearer ${'x'.repeat(9000)}`), 'unauthenticated'],
  ['the literal null', 'POST /posts', authorization('Bearer null'), 'unauthenticated'],
  ['the token in a header of another name', 'POST /posts', ({ plain }) => ({ 'x-access-token': plain }), 'unauthenticated'],
  [
    'identity headers of platforms',
    'POST /posts',
    ({ userIds }) => ({
      'x-ms-client-principal-id': userIds.admin,
      'x-ms-client-principal': Buffer.from(JSON.stringify({ userId: userIds.admin, userRoles: ['admin'] })).toString('base64'),
      'x-apigateway-api-userinfo': Buffer.from(JSON.stringify({ sub: userIds.admin })).toString('base64url'),
      'x-endpoint-api-userinfo': Buffer.from(JSON.stringify({ id: userIds.admin })).toString('base64url'),
      'x-amzn-oidc-identity': userIds.admin,
      'x-goog-authenticated-user-id': userIds.admin,
    }),
    'unauthenticated',
  ],
  [
    'a good token in X-Forwarded-Authorization',
    'POST /posts',
    ({ plain }) => ({ 'x-forwarded-authorization': `Bearer ${plain}` }),
    'unauthenticated',
  ],
  ['garbage where nobody needs a credential', 'GET /posts', authorization('Basic garbage'), 'nobody'],
]

const cookies: readonly Row[] = [
  ['a cookie where nothing changes', 'GET /posts/7', cookie(GOOD_COOKIE), 'plain'],
  ['a cookie among others', 'GET /posts/7', cookie(`a=b; ${GOOD_COOKIE}; c=d`), 'plain'],
  ['a cookie where something changes, from our page', 'POST /posts', cookie(GOOD_COOKIE, { origin: ORIGINS.own }), 'plain'],
  ['a cookie where something changes, from an allowed page', 'POST /posts', cookie(GOOD_COOKIE, { origin: ORIGINS.partner }), 'plain'],
  ['a cookie where something changes, from a foreign page', 'POST /posts', cookie(GOOD_COOKIE, { origin: ORIGINS.foreign }), 'cross-site'],
  ['a cookie where something changes, from a page without origin', 'POST /posts', cookie(GOOD_COOKIE, { origin: 'null' }), 'cross-site'],
  ['a cookie where something changes, without a word of the page', 'POST /posts', cookie(GOOD_COOKIE), 'cross-site'],
  ['a cookie and Sec-Fetch-Site: same-origin', 'POST /posts', cookie(GOOD_COOKIE, { 'sec-fetch-site': 'same-origin' }), 'plain'],
  ['a cookie and Sec-Fetch-Site: same-site', 'POST /posts', cookie(GOOD_COOKIE, { 'sec-fetch-site': 'same-site' }), 'cross-site'],
  ['a cookie and Sec-Fetch-Site: cross-site', 'DELETE /posts/7', cookie(GOOD_COOKIE, { 'sec-fetch-site': 'cross-site' }), 'cross-site'],
  ['a cookie beside a bad header', 'GET /posts/7', cookie(GOOD_COOKIE, { authorization: 'Bearer x' }), 'unauthenticated'],
  ['a bad cookie beside a good header', 'GET /posts/7', ({ plain }) => ({ cookie: `${ACCESS_COOKIE}=x`, authorization: `Bearer ${plain}` }), 'plain'],
  ['the cookie twice', 'GET /posts/7', ({ plain }) => ({ cookie: `${ACCESS_COOKIE}=${plain}; ${ACCESS_COOKIE}=${plain}` }), 'unauthenticated'],
  ['the cookie without its prefix', 'GET /posts/7', cookie('sallyport-access=TOKEN'), 'unauthenticated'],
  ['the cookie in small letters', 'GET /posts/7', cookie('__host-sallyport-access=TOKEN'), 'unauthenticated'],
  ['the refresh cookie alone', 'GET /posts/7', cookie(`${REFRESH_COOKIE}=TOKEN`), 'unauthenticated'],
  ['an empty cookie', 'GET /posts/7', cookie(`${ACCESS_COOKIE}=`), 'unauthenticated'],
  ['a quoted cookie', 'GET /posts/7', cookie(`${ACCESS_COOKIE}="TOKEN"`), 'unauthenticated'],
  ['a cookie without the role', 'GET /drafts', cookie(GOOD_COOKIE), 'forbidden'],
  [
    'a cookie where something changes, from a foreign page, beside a header of another scheme',
    'POST /posts',
    cookie(GOOD_COOKIE, { origin: ORIGINS.foreign, authorization: 'Basic x' }),
    'unauthenticated',
  ],
  [
    'a cookie where something changes, from a foreign page, beside an empty header',
    'POST /posts',
    cookie(GOOD_COOKIE, { origin: ORIGINS.foreign, authorization: '' }),
    'unauthenticated',
  ],
  ['a cookie by PUT, from our page', 'PUT /posts/7', cookie(GOOD_COOKIE, { origin: ORIGINS.own }), 'plain'],
  ['a cookie by PUT, from a foreign page', 'PUT /posts/7', cookie(GOOD_COOKIE, { origin: ORIGINS.foreign }), 'cross-site'],
  ['a cookie by PATCH, from our page', 'PATCH /drafts', cookie(GOOD_COOKIE, { origin: ORIGINS.own }), 'plain'],
  ['a cookie by PATCH, from a foreign page', 'PATCH /drafts', cookie(GOOD_COOKIE, { origin: ORIGINS.foreign }), 'cross-site'],
]

const paths: readonly Row[] = [
  ['a path that is not declared', 'GET /secrets', bearer('admin'), 'undeclared'],
  ['a method that is not declared', 'PATCH /posts/7', bearer('admin'), 'undeclared'],
  ['a path below a parameter', 'GET /posts/7/secret', bearer('admin'), 'undeclared'],
  ['a slash at the end', 'POST /posts/', bearer('admin'), 'undeclared'],
  ['a slash at the end of a public path', 'GET /posts/', bearer('admin'), 'undeclared'],
  ['another case', 'GET /DRAFTS', bearer('editor'), 'undeclared'],
]

const numbered = (prefix: string, rows: readonly Row[]): readonly GuardCase[] =>
  rows.map(([what, target, of, expected], index) => {
    const [method = '', path = ''] = target.split(' ')
    return { id: `${prefix}${index + 1}`, what, method, path, headers: of, expected }
  })

/** One table for every gateway and runtime. */
export const guardCases: readonly GuardCase[] = [
  ...numbered('GC', credentials),
  ...numbered('GR', rules),
  ...numbered('GH', headers),
  ...numbered('GK', cookies),
  ...numbered('GP', paths),
]

/** A token as a rendering takes it: by the header where it reads that, else by a cookie from the application's own page. */
export function shown(token: string, { transports }: Pick<GuardHarness, 'transports'>): GuardKitRequest['headers'] {
  return transports.includes('bearer') ? { authorization: `Bearer ${token}` } : { cookie: `${ACCESS_COOKIE}=${token}`, origin: ORIGINS.own }
}

/**
 * What a rendering has to say, after what it declares of itself: one without cookies sees none, one that has a single method always needs to know whose page it was, and of a route that it cannot have nobody gets
 * anything.
 */
export function expectedOf(
  { headers: of, expected, method, path }: GuardCase,
  { transports, method: one, routes }: Pick<TrialHarness, 'transports' | 'method' | 'routes'>,
  tokens: GuardTokens,
): ExpectedVerdict {
  if (protectedRoutes(routes).find(method, path) === null) return 'undeclared'
  const sent = of(tokens)
  const byCookie = sent['cookie']?.includes(`${ACCESS_COOKIE}=`) === true || sent['cookie']?.includes(`${REFRESH_COOKIE}=`) === true
  if (expected === 'nobody' || expected === 'undeclared') return expected
  if (sent['authorization'] !== undefined && !transports.includes('bearer')) return 'unauthenticated'
  if (!byCookie || sent['authorization'] !== undefined) return expected
  if (!transports.includes('cookie')) return 'unauthenticated'
  const changes = one !== 'as-sent' || method !== 'GET'
  const trusted = sent['origin'] === ORIGINS.own || sent['origin'] === ORIGINS.partner || sent['sec-fetch-site'] === 'same-origin'
  return changes && !trusted ? 'cross-site' : expected
}
