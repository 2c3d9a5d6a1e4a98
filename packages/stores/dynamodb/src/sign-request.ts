import type { KeyObject } from 'node:crypto'
import type { AwsCredentials } from './aws-credentials.ts'
import { nodeCrypto } from './node-modules.ts'

export interface SignableRequest {
  /** In lower case. All of them are signed: `host` and every `x-amz-*` must be here, the session's token too; others may be sent unsigned. */
  readonly headers: Readonly<Record<string, string>> & { readonly host: string; readonly 'x-amz-date': string }
  readonly body: string
}

/** The value of the `Authorization` header. */
export type SignRequest = (request: SignableRequest, credentials: Pick<AwsCredentials, 'accessKeyId' | 'secretAccessKey'>) => string

const ALGORITHM = 'AWS4-HMAC-SHA256'

/**
 * AWS Signature Version 4 for what a JSON service is sent: POST, always to one path, without a query
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html). `path` is as it is sent, percent-encoded.
 *
 * The key of the day is kept as a key object, for one secret and day at a time: of bytes Node makes one for every signature, which is most of the cost of one.
 */
export function requestSigner({ service, region, path }: { readonly service: string; readonly region: string; readonly path: string }): SignRequest {
  const method = `POST\n${canonicalPath(path)}\n\n`
  let kept: { readonly secret: string; readonly day: string; readonly key: KeyObject } | null = null

  const keyOf = (secret: string, day: string): KeyObject => {
    if (kept === null || kept.secret !== secret || kept.day !== day) {
      const bytes = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day))
      kept = { secret, day, key: nodeCrypto.createSecretKey(bytes) }
    }
    return kept.key
  }

  return ({ headers, body }, { accessKeyId, secretAccessKey }) => {
    const date = headers['x-amz-date']
    const day = date.slice(0, 8)
    const scope = `${day}/${region}/${service}/aws4_request`
    const sorted = Object.entries(headers).toSorted(([one], [other]) => (one < other ? -1 : 1))
    const names = sorted.map(([name]) => name).join(';')
    const lines = sorted.map(([name, value]) => `${name}:${value.trim().replaceAll(/\s+/g, ' ')}\n`).join('')
    const canonical = `${method}${lines}\n${names}\n${sha256(body)}`
    const signature = hmac(keyOf(secretAccessKey, day), `${ALGORITHM}\n${date}\n${scope}\n${sha256(canonical)}`).toString('hex')
    return `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`
  }
}

/** Every service but S3 has the encoded path encoded once more. */
function canonicalPath(path: string): string {
  const pieces = path.replaceAll(/\/{2,}/g, '/').split('/')
  return pieces
    .map((piece) => encodeURIComponent(piece).replaceAll(/[!'()*]/g, (each) => `%${each.charCodeAt(0).toString(16).toUpperCase()}`))
    .join('/')
}

function sha256(text: string): string {
  return nodeCrypto.hash('sha256', text)
}

function hmac(key: string | Buffer | KeyObject, text: string): Buffer {
  return nodeCrypto.createHmac('sha256', key).update(text).digest()
}
