/** Stable names of everything that can go wrong outward. A code is never reused for something else: clients switch on `urn:sallyport:problem:<code>`. */
export type ProblemCode =
  | 'malformed-body'
  | 'unexpected-body'
  | 'bad-credentials'
  | 'unauthenticated'
  | 'not-fresh'
  | 'forbidden'
  | 'wrong-password'
  | 'cross-site'
  | 'not-found'
  | 'method-not-allowed'
  | 'identity-taken'
  | 'conflict'
  | 'body-too-large'
  | 'unsupported-media-type'
  | 'invalid-input'
  | 'password-refused'
  | 'rate-limited'
  | 'internal'
  | 'store-unavailable'
  | 'overloaded'

export interface ProblemDefinition {
  readonly status: number
  readonly title: string
  /** When it is answered and what a client can do; for the documentation. */
  readonly meaning: string
}

/** The only place where an error or a refusal gets its status (RFC 9457). */
export const problems: { readonly [code in ProblemCode]: ProblemDefinition } = {
  'malformed-body': {
    status: 400,
    title: 'The body is not acceptable JSON',
    meaning: 'Not UTF-8, not JSON, a byte order mark, a repeated or reserved member name, a lone surrogate, or nested deeper than 8 levels.',
  },
  'unexpected-body': { status: 400, title: 'This request takes no body', meaning: 'A body came with a method and path that read none.' },
  'bad-credentials': {
    status: 401,
    title: 'The e-mail address or the password is wrong',
    meaning: 'At sign-in, the same for an unknown address, a wrong password and an account that cannot be used.',
  },
  unauthenticated: {
    status: 401,
    title: 'A valid credential is needed',
    meaning: 'No credential, more than one, or one that is worth nothing (any more). Refresh, or sign in.',
  },
  'not-fresh': {
    status: 401,
    title: 'Sign in again',
    meaning: 'The sign-in is too long ago for this request (RFC 9470); `max_age` in `WWW-Authenticate` says how fresh it must be.',
  },
  forbidden: { status: 403, title: 'Not allowed', meaning: 'The credential is good, and its owner may not do this.' },
  'wrong-password': {
    status: 403,
    title: 'The password is wrong',
    meaning: 'A signed-in caller has to prove the password once more, and it was not that.',
  },
  'cross-site': {
    status: 403,
    title: 'This request may not come from another site',
    meaning: '`Origin` or `Sec-Fetch-Site` name another site, or cookies are at stake and neither header is there.',
  },
  'not-found': { status: 404, title: 'There is nothing here', meaning: 'No route of exactly that path, or no such object of the caller.' },
  'method-not-allowed': { status: 405, title: 'This path has no such method', meaning: '`Allow` lists those it has.' },
  'identity-taken': {
    status: 409,
    title: 'This e-mail address is registered',
    meaning: 'Somebody has an account with that address, in whatever spelling.',
  },
  conflict: { status: 409, title: 'Changed by others at the same time', meaning: 'Nothing was written. Try again.' },
  'body-too-large': { status: 413, title: 'The body is too large', meaning: 'More than 64 KiB.' },
  'unsupported-media-type': {
    status: 415,
    title: 'Only JSON in UTF-8 is accepted',
    meaning: 'The `Content-Type` is not `application/json` (with `charset=utf-8` at most), or the content is compressed.',
  },
  'invalid-input': {
    status: 422,
    title: 'The input is not valid',
    meaning:
      'The JSON or the query does not fit the schema; `errors` says where (`pointer` into the body, or `parameter`) and why, without the value.',
  },
  'password-refused': {
    status: 422,
    title: 'This password cannot be used',
    meaning: '`reason` is one of `too-short`, `too-long`, `malformed`, `common`, `context`, `unchanged`.',
  },
  'rate-limited': { status: 429, title: 'Too many requests', meaning: 'Try again after the seconds in `Retry-After`.' },
  internal: {
    status: 500,
    title: 'Something went wrong here',
    meaning: 'A bug or a broken configuration. Details are in the server’s log under `requestId`, and nowhere else.',
  },
  'store-unavailable': {
    status: 503,
    title: 'Temporarily unavailable',
    meaning: 'A store cannot be asked, so nothing can be decided. Try again after the seconds in `Retry-After`.',
  },
  overloaded: {
    status: 503,
    title: 'Too busy',
    meaning: 'As many passwords are being checked as this instance can. Try again after the seconds in `Retry-After`.',
  },
}

export function problemType(code: ProblemCode): string {
  return `urn:sallyport:problem:${code}`
}
