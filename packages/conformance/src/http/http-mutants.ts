import type { HttpHandler, HttpRequest } from '@sallyport/http'
import { inProcess } from './in-process.ts'
import type { KitRequest, KitResponse, SendRequest } from './kit-message.ts'

/** A platform with one thing wrong, and a scenario that must find it. */
export interface HttpMutant {
  readonly name: string
  readonly killedBy: string
  readonly mount: (handle: HttpHandler) => SendRequest
}

type Mount = HttpMutant['mount']
type Headers = KitResponse['headers']

const overAnswer =
  (change: (response: KitResponse, request: KitRequest) => KitResponse): Mount =>
  (handle) => {
    const send = inProcess(handle)
    return async (request) => change(await send(request), request)
  }

const overHeaders = (change: (headers: Headers, response: KitResponse) => Headers): Mount =>
  overAnswer((response) => ({ ...response, headers: change(response.headers, response) }))

const overCookies = (change: (cookies: readonly string[], response: KitResponse) => readonly string[]): Mount =>
  overAnswer((response) => ({ ...response, cookies: change(response.cookies, response) }))

const overBody = (change: (body: string) => string): Mount => overAnswer((response) => ({ ...response, body: change(response.body) }))

const overAuthorization = (change: (lines: readonly string[]) => string): Mount => {
  const changed = ({ headers, ...request }: HttpRequest): HttpRequest => {
    const { authorization } = headers
    return { ...request, headers: typeof authorization === 'object' ? { ...headers, authorization: change(authorization) } : headers }
  }
  return (handle) => inProcess((request) => handle(changed(request)))
}

const without = (headers: Headers, ...names: readonly string[]): Headers =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)))

/** Changes a header where there is one. */
const edited = (headers: Headers, name: string, change: (value: string) => string): Headers =>
  headers[name] === undefined ? headers : { ...headers, [name]: change(headers[name]) }

const SECURITY = ['content-security-policy', 'strict-transport-security', 'referrer-policy']

/** Some requests are answered in front, by what the application has answered to one like them. */
const answeredInFront =
  (key: (request: KitRequest) => string | null): Mount =>
  (handle) => {
    const send = inProcess(handle)
    const kept = new Map<string, KitResponse>()
    return async (request) => {
      const name = key(request)
      const response = (name === null ? undefined : kept.get(name)) ?? (await send(request))
      if (name !== null) kept.set(name, response)
      return response
    }
  }

const withStatus = (problem: string, status: number): string => problem.replace(/"status":\d+/, `"status":${status}`)

export const httpMutants: readonly HttpMutant[] = [
  ...SECURITY.map((name): HttpMutant => ({ name: `${name} is lost`, killedBy: 'H1', mount: overHeaders((headers) => without(headers, name)) })),
  {
    name: 'refusals lose the security headers',
    killedBy: 'H2',
    mount: overHeaders((headers, { status }) => (status < 400 ? headers : without(headers, ...SECURITY))),
  },
  {
    name: 'answers to HEAD lose the security headers',
    killedBy: 'H17',
    mount: overAnswer((response, { method }) => (method === 'HEAD' ? { ...response, headers: without(response.headers, ...SECURITY) } : response)),
  },
  { name: 'what serves is told', killedBy: 'H1', mount: overHeaders((headers) => ({ ...headers, 'x-powered-by': 'Express' })) },
  {
    name: 'public answers get a validator',
    killedBy: 'H23',
    mount: overHeaders((headers) => (headers['cache-control']?.includes('public') === true ? { ...headers, etag: 'W/"1"' } : headers)),
  },
  {
    name: 'a header is written twice',
    killedBy: 'H1',
    mount: overHeaders((headers) => edited(headers, 'referrer-policy', (value) => `${value}, ${value}`)),
  },
  {
    name: 'a word is added to what caches are told',
    killedBy: 'H1',
    mount: overHeaders((headers) => edited(headers, 'cache-control', (value) => `${value}, must-revalidate`)),
  },
  {
    name: 'answers that no foreign page may read lose vary',
    killedBy: 'H1',
    mount: overHeaders((headers) => (headers['access-control-allow-origin'] === undefined ? without(headers, 'vary') : headers)),
  },
  {
    name: 'waits are rounded up',
    killedBy: 'H25',
    mount: overHeaders((headers) => edited(headers, 'retry-after', (value) => String(Number(value) + 1))),
  },
  {
    name: 'limits are told of refusals only',
    killedBy: 'H1',
    mount: overHeaders((headers, { status }) => (status < 400 ? without(headers, 'ratelimit', 'ratelimit-policy') : headers)),
  },
  {
    name: 'nobody is told that the token was bad',
    killedBy: 'H20',
    mount: overHeaders((headers) => edited(headers, 'www-authenticate', (value) => value.replace(/, error=.*/, ''))),
  },
  { name: 'a request has no name in its answer', killedBy: 'H1', mount: overHeaders((headers) => without(headers, 'x-request-id')) },
  {
    name: 'a request has another name in its answer',
    killedBy: 'H1',
    mount: overHeaders((headers) => edited(headers, 'x-request-id', () => 'another')),
  },
  {
    name: 'headers are taken out of what the application keeps',
    killedBy: 'H1',
    mount: (handle) =>
      inProcess(async (request) => {
        const response = await handle(request)
        for (const name of SECURITY) Reflect.deleteProperty(response.headers, name)
        return response
      }),
  },
  { name: 'of several cookies the last is left', killedBy: 'H12', mount: overCookies((cookies) => cookies.slice(-1)) },
  {
    name: 'cookies are joined into one line',
    killedBy: 'H12',
    mount: overCookies((cookies) => (cookies.length === 0 ? [] : [cookies.join(', ')])),
  },
  { name: 'refusals clear no cookies', killedBy: 'H26', mount: overCookies((cookies, { status }) => (status < 400 ? cookies : [])) },
  {
    name: 'cookies are for pages of the same site alone',
    killedBy: 'H12',
    mount: overCookies((cookies) => cookies.map((line) => line.replace('SameSite=Lax', 'SameSite=Strict'))),
  },
  {
    name: 'cookies live for a day',
    killedBy: 'H12',
    mount: overCookies((cookies) => cookies.map((line) => line.replace(/Max-Age=[1-9]\d*/, 'Max-Age=86400'))),
  },
  {
    name: 'a 201 becomes a 200',
    killedBy: 'H1',
    mount: overAnswer((response) => (response.status === 201 ? { ...response, status: 200 } : response)),
  },
  {
    name: 'a preflight that is refused becomes a 200',
    killedBy: 'H15',
    mount: overAnswer((response, { method }) =>
      method === 'OPTIONS' && response.headers['access-control-allow-origin'] === undefined ? { ...response, status: 200 } : response,
    ),
  },
  {
    name: 'every refused query is a bad request',
    killedBy: 'H22',
    mount: overAnswer((response, { method }) =>
      response.status === 422 && method === 'GET' ? { ...response, status: 400, body: withStatus(response.body, 400) } : response,
    ),
  },
  {
    name: 'a body ends after as many bytes as it has characters',
    killedBy: 'H5',
    mount: overBody((body) => Buffer.from(body).subarray(0, body.length).toString()),
  },
  { name: 'a body is written in Latin-1', killedBy: 'H5', mount: overBody((body) => Buffer.from(body, 'latin1').toString('latin1')) },
  { name: 'a body is put together anew', killedBy: 'H1', mount: overBody((body) => (body === '' ? '' : JSON.stringify(JSON.parse(body), null, 2))) },
  { name: 'two lines of Authorization are none', killedBy: 'H20', mount: overAuthorization(() => '') },
  { name: 'the first of two lines of Authorization is believed', killedBy: 'H20', mount: overAuthorization((lines) => lines[0] ?? '') },
  { name: 'the last of two lines of Authorization is believed', killedBy: 'H20', mount: overAuthorization((lines) => lines.at(-1) ?? '') },
  {
    name: 'paths that are nobody’s are refused in front',
    killedBy: 'H17',
    mount: answeredInFront(({ target }) => (target.includes('//') ? 'nowhere' : null)),
  },
  {
    name: 'the origin of a preflight is not looked at twice',
    killedBy: 'H15',
    mount: answeredInFront(({ method, target }) => (method === 'OPTIONS' ? target : null)),
  },
  {
    name: 'answers are kept for the token',
    killedBy: 'H1',
    mount: answeredInFront(({ method, target, headers: { authorization } }) =>
      method === 'GET' && authorization !== undefined ? `${target} ${String(authorization)}` : null,
    ),
  },
  {
    name: 'what failed is tried again',
    killedBy: 'H25',
    mount: (handle) =>
      inProcess(async (request) => {
        const response = await handle(request)
        return response.status === 503 ? handle(request) : response
      }),
  },
]
