import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { StoreUnavailableError, type Clock, type TokenChecker } from '@sallyport/core'

const ISSUER = 'https://issuer.example.test/'
const AUDIENCE = 'https://api.example.test'

/** A hosted issuer as an adapter has to know it. Its tokens have the type `JWT`, are signed with ES256, and carry roles in the claim `roles`. */
export interface HostedParts {
  readonly issuer: string
  readonly audience: string
  readonly jwksUri: string
  /** The text of the key set; rejects with `StoreUnavailableError` while the issuer cannot be reached. */
  readonly fetchKeySet: (url: string) => Promise<string>
}

/** Makes one checker of our own and of what checks the tokens of a hosted issuer. */
export type CheckerBeside = (parts: HostedParts & { readonly own: TokenChecker; readonly ownIssuer: string; readonly clock: Clock }) => TokenChecker

/** The issuer during a trial. */
export interface HostedIssuerTrial {
  /** Of somebody who has just been given it, and will have it for five minutes; `claims` in place of its own. */
  token(claims?: Readonly<Record<string, unknown>>): string
  /** The same, signed with a key that the issuer never had, under the name of one that it has. */
  forged(): string
  /** Whose tokens these are. */
  readonly userId: string
  /** Whether its keys can be had. */
  reach(reachable: boolean): void
}

export function hostedIssuer(clock: Clock): { readonly parts: HostedParts; readonly trial: HostedIssuerTrial } {
  const [pair, other] = [keyPair(), keyPair()]
  let isReachable = true
  const signed = (claims: object, key: KeyObject): string => {
    const text = [{ alg: 'ES256', kid: 'hosted-1', typ: 'JWT' }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.')
    return `${text}.${sign('sha256', Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' }).toString('base64url')}`
  }
  const claimsNow = (): object => {
    const iat = Math.floor(clock.now() / 1000)
    return { iss: ISSUER, sub: 'hosted-user', aud: AUDIENCE, iat, exp: iat + 300 }
  }
  return {
    parts: {
      issuer: ISSUER,
      audience: AUDIENCE,
      jwksUri: `${ISSUER}keys`,
      fetchKeySet: async () => {
        if (!isReachable) throw new StoreUnavailableError('planted')
        return JSON.stringify({ keys: [{ ...pair.publicKey.export({ format: 'jwk' }), kid: 'hosted-1', alg: 'ES256', use: 'sig' }] })
      },
    },
    trial: {
      token: (claims = {}) => signed({ ...claimsNow(), ...claims }, pair.privateKey),
      forged: () => signed(claimsNow(), other.privateKey),
      userId: `${ISSUER}|hosted-user`,
      reach: (reachable) => {
        isReachable = reachable
      },
    },
  }
}

function keyPair() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
}
