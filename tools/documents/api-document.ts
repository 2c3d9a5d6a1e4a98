import { ACCESS_COOKIE, defaultLimits, problems, problemsOf, REFRESH_COOKIE, routeTable, type Route } from '@sallyport/http'

const CREDENTIALS: { readonly [credential in Route['credential']]: string } = {
  none: 'none',
  access: 'access token or cookie',
  refresh: 'refresh token in the body or cookie; the session’s own token in the session strategy',
  any: 'any token of the session: header, body or cookie',
}
const CROSS_SITE: { readonly [crossSite in Route['crossSite']]: string } = { always: 'refused', cookie: 'refused by cookie', never: '' }

/** docs/api.md */
export function apiDocument(): string {
  const routes = routeTable({ prefix: '/auth', transports: ['bearer', 'cookie'], limits: defaultLimits })
  return `# The HTTP surface

The tables are made from \`packages/http/src/route-table.ts\` by \`npm run docs\`, with the default prefix \`/auth\`. The contract with every schema is at \`/openapi.json\` (OpenAPI 3.1);
every error is a [problem document](problems.md).

| route | does | credential | success | cookies | from another site |
|---|---|---|---|---|---|
${routes.map((route) => `| \`${route.method} ${route.path}\` | ${route.summary} | ${credentialOf(route)} | ${route.output.status} | ${route.cookies === 'none' ? '' : route.cookies} | ${CROSS_SITE[route.crossSite]} |`).join('\n')}

Routes marked *strict* read the session in the jwt strategy too, so a session that was ended anywhere is refused there at once.

## What each can answer besides

| route | problems |
|---|---|
${routes.map((route) => `| \`${route.method} ${route.path}\` | ${problemCodes(route)} |`).join('\n')}

A path that is none of these, byte for byte (no trailing or doubled slash, no escapes, no other case), is \`not-found\`; another method on one of them \`method-not-allowed\`.
HEAD is GET without the body. OPTIONS answers 204 with \`Allow\`.

## Credentials

\`"transport": "bearer"\` or \`"cookie"\` in register and login, where the configuration allows both.

- **Bearer**: \`{tokenType, accessToken, expiresIn, refreshToken?}\` in the answer; \`Authorization: Bearer …\` afterwards. \`refreshToken\` in the jwt strategy only: in the session strategy the
  access token itself is prolonged.
- **Cookie**: \`${ACCESS_COOKIE}\`, and in the jwt strategy \`${REFRESH_COOKIE}\`; \`Secure; HttpOnly; SameSite=Lax; Path=/\`, never longer than the session and 400 days; no token in a body.
  \`SameSite=Lax\` means that pages of another site do not send them, also those of an allowed origin; an allowed origin under the same domain does.

One credential a request: the \`Authorization\` header when there is one, whatever it holds, otherwise the cookies. Two values, two cookies of one name, another scheme than Bearer: 401.
Times are RFC 3339 in UTC; \`expiresIn\` is in seconds.

## Requests

JSON only, \`Content-Type: application/json\`, UTF-8, not compressed, at most 64 KiB and 8 levels deep; no repeated member names, no unknown members, no lone surrogates. A route that reads no body
refuses one, and every route refuses query parameters that it does not know or that come twice. \`name\` has 1 to 128 characters, none of them a control character; \`attributes\` at most 1024 bytes of JSON,
with names of at most 64 characters; what \`PATCH /auth/me\` leaves out stays as it is, and \`attributes\` replaces them all.

## Browsers

A request from another site is told by \`Origin\`, and without it by \`Sec-Fetch-Site\`, against the public URL and the allowed origins, compared exactly. Where the credential is a cookie, or a
sign-in asks for one, a request with neither header is refused as well. Clients that are no browsers send no such headers and use the bearer transport.
Pages of the allowed origins may read answers (CORS, with credentials where cookies are configured); nobody else's.

## Limits

Counted before a password is looked at, in one store call, over all instances; on by default. \`RateLimit-Policy\` and \`RateLimit\` (draft-ietf-httpapi-ratelimit-headers) tell the limits and what is left of the
tightest, 429 comes with \`Retry-After\`. A network is an IPv4 address or the /64 of an IPv6 one; a pair is one account from one network. Windows are aligned to the clock and end by themselves: nobody is
locked out for good.

| limit | of | within | routes |
|---|---|---|---|
${Object.values(defaultLimits)
  .flat()
  .map(
    (limit) =>
      `| ${limit.name}, each ${limit.subject} | ${limit.limit} | ${limit.windowSeconds} s | ${routes
        .filter((route) => route.limits.includes(limit))
        .map(named)
        .join(', ')} |`,
  )
  .join('\n')}

## Known limits of this surface

- Registration tells (409) that an address has an account. Without mail there is no other way to answer; the limit on registrations bounds how many addresses one network can ask about.
- Whoever spends an account's limit keeps its owner from signing in until the window ends, an hour at most. Sessions that live are not touched.
`
}

function credentialOf({ credential, rule }: Route): string {
  return rule.access === 'signed-in' && rule.strict === true ? `${CREDENTIALS[credential]}, *strict*` : CREDENTIALS[credential]
}

function problemCodes(route: Route): string {
  const codes = problemsOf(route).toSorted((a, b) => problems[a].status - problems[b].status)
  return codes.map((code) => `\`${code}\``).join(', ')
}

function named({ method, path }: Route): string {
  return `\`${method} ${path}\``
}
