import { ConfigurationError, type Rule } from '@sallyport/core'
import { withPreflights, type ProtectedRoute, type RouteMethod } from '@sallyport/guard'
import type { Route } from '@sallyport/http'

/** An operation of API Management, as `gateway.bicep` reads it. */
interface Operation {
  readonly name: string
  readonly method: string
  readonly urlTemplate: string
  readonly templateParameters: readonly { readonly name: string; readonly type: 'string'; readonly required: true }[]
}

/** What `templates/gateway/` holds, by name of the file. */
export interface GatewayFiles {
  readonly 'operations.json': string
  /** The gateway checks issuer, audience, expiry, signature, roles and scopes before it calls the function, which checks again. */
  readonly 'policy-jwt.xml': string
  /** Tokens of the session strategy are opaque: only the function can judge them. */
  readonly 'policy-session.xml': string
}

export interface GatewayRoutes {
  /** Of Sallyport itself, which judges credentials by itself. */
  readonly api: readonly Pick<Route, 'method' | 'path'>[]
  /** Of the guarded function. */
  readonly posts: readonly ProtectedRoute[]
}

const ANY: readonly RouteMethod[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/**
 * The gateway's configuration. Issuer, audience and addresses are named values, which the deployment sets. A rule's `freshSeconds` and `strict` are beyond the gateway and left to the function.
 * Throws `ConfigurationError` (`configuration`) for routes that the gateway would take for one: it would ask for a credential for neither or for both.
 */
export function gatewayFiles({ api, posts }: GatewayRoutes): GatewayFiles {
  // Preflights pass: they bring no credential, and the guard behind answers them.
  const rows = withPreflights(posts)
  const guarded = rows.flatMap((route) => methodsOf(route, rows).map((method) => ({ operation: operationOf(method, route.path), rule: route.rule })))
  const operations = [...apiOperations(api), ...guarded.map(({ operation }) => operation)]
  demandDifferent(operations)
  return {
    'operations.json': `${JSON.stringify(operations, null, 2)}\n`,
    'policy-jwt.xml': policyOf(guarded.map(({ operation, rule }) => when(operation, checksOf(rule)))),
    'policy-session.xml': policyOf(guarded.map(({ operation }) => when(operation, []))),
  }
}

/** Those of the table, HEAD wherever there is GET, and OPTIONS everywhere: Sallyport answers preflights itself. */
function apiOperations(routes: GatewayRoutes['api']): readonly Operation[] {
  return [...Map.groupBy(routes, ({ path }) => path)].flatMap(([path, sharing]) => {
    const methods = sharing.map(({ method }) => method)
    return [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].map((method) => operationOf(method, path))
  })
}

/** `ANY` is every method that no route of the same path has for itself. */
function methodsOf({ method, path }: ProtectedRoute, routes: readonly ProtectedRoute[]): readonly RouteMethod[] {
  if (method !== 'ANY') return [method]
  const own = routes.filter((route) => shapeOf(route.path) === shapeOf(path)).map((route) => route.method)
  return ANY.filter((each) => !own.includes(each))
}

function operationOf(method: string, path: string): Operation {
  const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({ name, type: 'string', required: true }) as const)
  return { name: nameOf(method, path), method, urlTemplate: path.replace(/\{\w+\+\}$/, '*'), templateParameters: parameters }
}

/**
 * Another one for each method and path, also where case does not count, as in names of Azure: `-` for a slash, `__` in front of a parameter, `_` and two hexadecimal digits for every other character
 * but digits and small letters.
 */
function nameOf(method: string, path: string): string {
  const rest = path.replaceAll(/\{|\}|[^a-z0-9]/g, (character) => {
    if (character === '/') return '-'
    if (character === '{') return '__'
    return character === '}' ? '' : `_${Buffer.from(character).toString('hex')}`
  })
  return `${method.toLowerCase()}${rest === '-' ? '' : rest}`
}

/** What of a path decides which requests reach it. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{\w+\}/g, '{}').replace(/\{\w+\+\}$/, '*')
}

/** Without case, which neither names of Azure nor the paths of the host behind have. */
function demandDifferent(operations: readonly Operation[]): void {
  const alike = Map.groupBy(operations, ({ method, urlTemplate }) => `${method} ${shapeOf(urlTemplate).toLowerCase()}`)
  for (const [one, other] of alike.values())
    if (one !== undefined && other !== undefined)
      throw new ConfigurationError(`To the gateway two routes are one: ${one.method} ${one.urlTemplate} and ${other.method} ${other.urlTemplate}`)
}

function when({ name }: Operation, checks: readonly string[]): string {
  return [
    `      <when condition="@(context.Operation.Id == &quot;${name}&quot;)">`,
    '        <set-backend-service base-url="{{sallyport-posts-url}}" />',
    ...checks,
    '      </when>',
  ].join('\n')
}

/** Who is nobody gets 401, and who may not gets 403: two elements, because one of them has one status for whatever it finds wrong. */
function checksOf(rule: Rule): readonly string[] {
  if (rule.access === 'public') return []
  const { roles = [], scopes = [] } = rule
  const claims = [claim('roles', 'any', '', roles), claim('scope', 'all', ' separator=" "', scopes)].filter((each) => each !== '')
  const required = ['          <required-claims>', ...claims, '          </required-claims>']
  return [...validateJwt(401, 'A valid credential is needed', []), ...(claims.length === 0 ? [] : validateJwt(403, 'Not allowed', required))]
}

function validateJwt(status: number, message: string, requiredClaims: readonly string[]): readonly string[] {
  const token = 'header-name="Authorization" require-scheme="Bearer" require-expiration-time="true" require-signed-tokens="true" clock-skew="0"'
  return [
    `        <validate-jwt ${token} failed-validation-httpcode="${status}" failed-validation-error-message="${message}">`,
    // The API may not be there yet when this is deployed.
    '          <openid-config url="{{sallyport-api-url}}/.well-known/openid-configuration" validate-connectivity="false" />',
    '          <audiences>',
    '            <audience>{{sallyport-audience}}</audience>',
    '          </audiences>',
    '          <issuers>',
    '            <issuer>{{sallyport-issuer}}</issuer>',
    '          </issuers>',
    ...requiredClaims,
    '        </validate-jwt>',
  ]
}

function claim(name: string, match: 'any' | 'all', separator: string, values: readonly string[]): string {
  if (values.length === 0) return ''
  return [
    `            <claim name="${name}" match="${match}"${separator}>`,
    ...values.map((value) => `              <value>${escaped(value)}</value>`),
    '            </claim>',
  ].join('\n')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('{{', '{&#123;')
}

function policyOf(guarded: readonly string[]): string {
  return [
    '<!-- Generated from the routes by `node generate.ts`; a test holds it to them. -->',
    '<policies>',
    '  <inbound>',
    '    <base />',
    '    <!-- The client as this gateway sees it, whatever the client says; and nobody tells a function who somebody is. -->',
    '    <set-header name="X-Forwarded-For" exists-action="override">',
    '      <value>@(context.Request.IpAddress)</value>',
    '    </set-header>',
    ...['', '-ID', '-NAME', '-IDP'].map((end) => `    <set-header name="X-MS-CLIENT-PRINCIPAL${end}" exists-action="delete" />`),
    '    <choose>',
    ...guarded,
    '    </choose>',
    '  </inbound>',
    '  <backend>',
    '    <base />',
    '  </backend>',
    '  <outbound>',
    '    <base />',
    '  </outbound>',
    '  <on-error>',
    '    <base />',
    '  </on-error>',
    '</policies>',
    '',
  ].join('\n')
}
