import type { KeyObject } from 'node:crypto'
import aws4, { type Request } from 'aws4'
import type { AwsCredentials } from './aws-credentials.ts'
import { nodeCrypto } from './node-modules.ts'

/** The request with the headers of its signature (AWS Signature Version 4). */
export type SignRequest = (request: Request, credentials: AwsCredentials) => Request

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

  return (request, credentials) => {
    const signing = new aws4.RequestSigner({ ...request, service, region }, credentials)
    signing.signature = () =>
      nodeCrypto.createHmac('sha256', keyOf(credentials.secretAccessKey, signing.getDate())).update(signing.stringToSign()).digest('hex')
    return signing.sign()
  }
}

function hmac(key: string | Buffer, text: string): Buffer {
  return nodeCrypto.createHmac('sha256', key).update(text).digest()
}
