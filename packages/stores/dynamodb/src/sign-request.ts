import type { KeyObject } from 'node:crypto'
import aws4 from 'aws4'
import type { AwsCredentials } from './aws-credentials.ts'
import { nodeCrypto } from './node-modules.ts'

export interface SignableRequest {
  readonly method: string
  readonly path: string
  /** All of them are signed. `host` and every `x-amz-*` must be here, the session's token too; others may be sent unsigned. */
  readonly headers: Readonly<Record<string, string>> & { readonly 'x-amz-date': string }
  readonly body: string
}

/** The value of the `Authorization` header (AWS Signature Version 4). */
export type SignRequest = (request: SignableRequest, credentials: AwsCredentials) => string

/**
 * aws4 signs; only the last step is done here. It hands Node the key of the day as bytes, from which Node makes a key object for every signature: most of the
 * cost of one. Here that object is kept, for one secret and day at a time.
 */
export function requestSigner({ service, region }: { readonly service: string; readonly region: string }): SignRequest {
  let kept: { readonly secret: string; readonly day: string; readonly key: KeyObject } | null = null

  const keyOf = (secret: string, day: string): KeyObject => {
    if (kept === null || kept.secret !== secret || kept.day !== day) {
      const bytes = [region, service, 'aws4_request'].reduce(hmac, hmac(`AWS4${secret}`, day))
      kept = { secret, day, key: nodeCrypto.createSecretKey(bytes) }
    }
    return kept.key
  }

  return ({ method, path, headers, body }, credentials) => {
    const signing = new aws4.RequestSigner({ method, path, headers, body, service, region, doNotModifyHeaders: true }, credentials)
    signing.datetime = headers['x-amz-date']
    signing.signature = () =>
      nodeCrypto.createHmac('sha256', keyOf(credentials.secretAccessKey, signing.getDate())).update(signing.stringToSign()).digest('hex')
    return signing.authHeader()
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return nodeCrypto.createHmac('sha256', key).update(text).digest()
}
