import type { KitResponse, SendRequest } from './kit-message.ts'

const { request: send } = process.getBuiltinModule('node:http')

/** Sends the request as it is, without the help of a client that mends it: paths are not normalised and headers not joined. */
export function overSocket(url: string): SendRequest {
  const { hostname, port } = new URL(url)
  return ({ method, target, headers, body }) =>
    new Promise<KitResponse>((resolve, reject) => {
      const lines = Object.entries(headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [name, value] : value.flatMap((each) => [name, each]),
      )
      const length = body === null ? [] : ['content-length', String(Buffer.byteLength(body))]
      const outgoing = send(
        { hostname, port, method, path: target, headers: ['host', `${hostname}:${port}`, 'connection', 'close', ...lines, ...length] },
        (incoming) => {
          const chunks: Buffer[] = []
          incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
          incoming.on('error', reject)
          incoming.on('end', () => {
            // Lines apart, because of some headers `headers` drops all but the first.
            const { 'set-cookie': cookies = [], ...rest } = incoming.headersDistinct
            const answered = Object.fromEntries(Object.entries(rest).map(([name, values]) => [name, (values ?? []).join(', ')]))
            resolve({ status: incoming.statusCode ?? 0, headers: answered, cookies, body: Buffer.concat(chunks).toString() })
          })
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body ?? undefined)
    })
}
