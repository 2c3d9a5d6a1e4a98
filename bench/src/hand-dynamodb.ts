// The reference for a read of DynamoDB: SigV4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) and JSON over kept
// connections, with no dependency and no retries. Over plain HTTP, as DynamoDB Local speaks it: TLS would cost every candidate the same.
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { Agent, request, type IncomingMessage } from 'node:http'

export interface HandDynamo {
  readonly getItem: (input: object) => Promise<unknown>
  readonly close: () => void
}

const SIGNED = 'host;x-amz-date;x-amz-target'

export function handDynamo({
  port,
  region,
  credentials,
}: {
  readonly port: number
  readonly region: string
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string }
}): HandDynamo {
  const host = `127.0.0.1:${port}`
  const target = 'DynamoDB_20120810.GetItem'
  const agent = new Agent({ keepAlive: true, maxSockets: 50, scheduling: 'lifo' })
  /** An object, because of bytes Node makes one for every signature, which costs more than the rest of it. */
  let kept: { readonly day: string; readonly key: KeyObject } | null = null

  function keyOf(day: string): KeyObject {
    if (kept?.day !== day) {
      const bytes = [day, region, 'dynamodb', 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${credentials.secretAccessKey}`))
      kept = { day, key: createSecretKey(bytes) }
    }
    return kept.key
  }

  function authorization(body: string, date: string): string {
    const day = date.slice(0, 8)
    const scope = `${day}/${region}/dynamodb/aws4_request`
    const canonical = `POST\n/\n\nhost:${host}\nx-amz-date:${date}\nx-amz-target:${target}\n\n${SIGNED}\n${hash('sha256', body)}`
    const signature = hmac(keyOf(day), `AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash('sha256', canonical)}`).toString('hex')
    return `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${SIGNED}, Signature=${signature}`
  }

  return {
    getItem(input) {
      const body = JSON.stringify(input)
      const date = new Date().toISOString().replaceAll(/[:-]|\.\d{3}/g, '')
      const headers = {
        host,
        'content-type': 'application/x-amz-json-1.0',
        'content-length': Buffer.byteLength(body),
        'x-amz-date': date,
        'x-amz-target': target,
        authorization: authorization(body, date),
      }
      return new Promise((resolve, reject) => {
        const call = request({ agent, host: '127.0.0.1', port, method: 'POST', path: '/', headers }, (response) => read(response, resolve, reject))
        call.on('error', reject).end(body)
      })
    },
    close: () => agent.destroy(),
  }
}

function read(response: IncomingMessage, resolve: (value: unknown) => void, reject: (error: Error) => void): void {
  let text = ''
  response.setEncoding('utf8').on('data', (part: string) => (text += part))
  response.on('error', reject).on('end', () => {
    if (response.statusCode === 200) resolve(JSON.parse(text))
    else reject(new Error(`HTTP ${response.statusCode}: ${text}`))
  })
}

function hmac(key: Buffer | KeyObject, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
