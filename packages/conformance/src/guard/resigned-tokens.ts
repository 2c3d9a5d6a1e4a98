import assert from 'node:assert/strict'
import { createPrivateKey, sign } from 'node:crypto'
import type { DomainTrial, TokenParts } from '../domain/domain-trial.ts'

/** What a token says otherwise; `typ` is of its header. */
export interface Resigned {
  readonly typ?: string
  readonly iss?: string
  readonly aud?: string
}

/** A good token with some of it changed and signed again by the key of the deployment itself: nothing but the change can be the reason to refuse it. */
export async function resigning({ here, stores }: DomainTrial, { wrapper }: TokenParts, good: string): Promise<(changes: Resigned) => string> {
  assert.ok(here.keys !== null, 'the strategy signs nothing')
  const { kid } = await here.keys.signingKey()
  const sealed = (await stores.keys.list()).find((each) => each.kid === kid)?.wrappedPrivateKey ?? null
  assert.ok(sealed !== null, 'the key that signs has its private part')
  const key = createPrivateKey({ key: JSON.parse(await wrapper.unwrap(sealed, kid)) as Record<string, string>, format: 'jwk' })
  const [header, payload] = good.split('.').map((part, index) => (index < 2 ? read(part) : {}))
  const resigned = ({ typ, ...claims }: Resigned): string => {
    const signed = `${encoded({ ...header, ...(typ === undefined ? {} : { typ }) })}.${encoded({ ...payload, ...claims })}`
    return `${signed}.${sign('sha256', Buffer.from(signed), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
  const verdict = await here.auth.authorize(resigned({}), { access: 'signed-in' })
  assert.ok(verdict.allowed, 'a token that was signed again unchanged is good')
  return resigned
}

function read(part: string): object {
  return JSON.parse(Buffer.from(part, 'base64url').toString()) as object
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
