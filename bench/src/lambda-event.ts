/** What of API Gateway's payload format 2.0 is read here; the text carries the rest too, since parsing it is part of the work. */
export interface LambdaEvent {
  readonly rawPath: string
  readonly rawQueryString: string
  readonly cookies?: readonly string[]
  readonly headers: Readonly<Record<string, string>>
  readonly requestContext: { readonly http: { readonly method: string; readonly sourceIp: string }; readonly requestId: string }
  readonly body?: string
}

export interface LambdaResult {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
  readonly body: string
}

export interface Call {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: readonly string[]
  readonly body?: string
}

const HOST = 'auth.example.com'
export const ORIGIN: string = `https://${HOST}`

/** The text of an event as Lambda hands it to its runtime. */
export function eventText({ method, path, headers = {}, cookies = [], body }: Call): string {
  return JSON.stringify({
    version: '2.0',
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: '',
    ...(cookies.length === 0 ? {} : { cookies }),
    headers: {
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
      'accept-language': 'en',
      host: HOST,
      'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
      'x-amzn-trace-id': 'Root=1-5e1b4151-5ac6c58f52a1e7a9f2b6a1e0',
      'x-forwarded-for': '192.0.2.17',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      ...(body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)), 'content-type': 'application/json' }),
      ...headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api-id',
      domainName: HOST,
      domainPrefix: 'auth',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '192.0.2.17', userAgent: 'Mozilla/5.0' },
      requestId: 'JKJaXmPLvHcESHA=',
      routeKey: `${method} ${path}`,
      stage: '$default',
      time: '12/Mar/2026:19:03:58 +0000',
      timeEpoch: 1773342238000,
    },
    ...(body === undefined ? {} : { body }),
    isBase64Encoded: false,
  })
}

/** For peers that take the web's own classes: the shortest way there and back. */
export async function throughFetch(text: string, handle: (request: Request) => Promise<Response>): Promise<LambdaResult> {
  const event = JSON.parse(text) as LambdaEvent
  const headers = new Headers(event.headers)
  if (event.cookies !== undefined) headers.set('cookie', event.cookies.join('; '))
  const { method } = event.requestContext.http
  const response = await handle(
    new Request(`${ORIGIN}${event.rawPath}`, { method, headers, ...(event.body === undefined ? {} : { body: event.body }) }),
  )
  const cookies = response.headers.getSetCookie()
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), cookies, body: await response.text() }
}
