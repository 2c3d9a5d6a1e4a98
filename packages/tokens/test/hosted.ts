import { NOW, type TestKey } from './fixtures.ts'
import type { HostedIssuer, JsonWebKeySet } from '../src/issuers/hosted-issuer.ts'
import { auth0 } from '../src/issuers/auth0.ts'
import { cognito } from '../src/issuers/cognito.ts'
import { entra } from '../src/issuers/entra.ts'
import { firebase, identityPlatform } from '../src/issuers/firebase.ts'
import { oidc } from '../src/issuers/oidc.ts'

export const TENANT: string = '72f988bf-86f1-41af-91ab-2d7cd011db47'
export const APP: string = '00001111-aaaa-2222-bbbb-3333cccc4444'
const TIMES = { iat: NOW, exp: NOW + 3600 }

export function jwksOf(...keys: readonly TestKey[]): JsonWebKeySet {
  return { keys: keys.map(({ publicJwk }) => ({ ...publicJwk })) }
}

/** A service, as it is configured, and a token as it makes them. */
export interface Hosted {
  readonly issuers: (jwks: JsonWebKeySet) => readonly HostedIssuer[]
  readonly typ: string | null
  readonly claims: Readonly<Record<string, unknown>>
}

const firebaseClaims = {
  iss: 'https://securetoken.google.com/sample-project',
  aud: 'sample-project',
  auth_time: NOW - 60,
  user_id: 'uid-1',
  sub: 'uid-1',
  ...TIMES,
  email: 'somebody@example.com',
  firebase: { identities: {}, sign_in_provider: 'password' },
}

export const services: {
  readonly [name in 'auth0' | 'cognitoAccess' | 'cognitoId' | 'firebase' | 'identityPlatform' | 'entraAccess' | 'entraId' | 'oidc']: Hosted
} = {
  auth0: {
    issuers: (jwks) => [auth0({ domain: 'sample.eu.auth0.com', audience: 'https://api.example.com', roles: 'permissions', jwks })],
    typ: 'JWT',
    claims: {
      iss: 'https://sample.eu.auth0.com/',
      sub: 'auth0|123456',
      aud: ['https://api.example.com', 'https://sample.eu.auth0.com/userinfo'],
      azp: 'client-1',
      scope: 'openid read:posts',
      permissions: ['editor'],
      ...TIMES,
    },
  },
  cognitoAccess: {
    issuers: (jwks) => [
      cognito({
        region: 'eu-west-1',
        userPoolId: 'eu-west-1_AbCdEfGhI',
        clientId: ['web-client', 'app-client'],
        tokenUse: 'access',
        roles: 'cognito:groups',
        jwks,
      }),
    ],
    typ: null,
    claims: {
      iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
      sub: 'f7a1b2c3-0000-4000-8000-000000000001',
      client_id: 'app-client',
      token_use: 'access',
      scope: 'aws.cognito.signin.user.admin',
      'cognito:groups': ['editor'],
      origin_jti: 'origin-1',
      jti: 'jti-1',
      auth_time: NOW - 60,
      ...TIMES,
    },
  },
  cognitoId: {
    issuers: (jwks) => [cognito({ region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'app-client', tokenUse: 'id', jwks })],
    typ: null,
    claims: {
      iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
      sub: 'f7a1b2c3-0000-4000-8000-000000000001',
      aud: 'app-client',
      token_use: 'id',
      'custom:role': 'admin',
      auth_time: NOW - 60,
      ...TIMES,
    },
  },
  firebase: { issuers: (jwks) => [firebase({ projectId: 'sample-project', jwks })], typ: 'JWT', claims: firebaseClaims },
  identityPlatform: {
    issuers: (jwks) => [identityPlatform({ projectId: 'sample-project', tenants: ['acme-en2vw', 'other-abcde'], jwks })],
    typ: 'JWT',
    claims: { ...firebaseClaims, firebase: { identities: {}, sign_in_provider: 'password', tenant: 'acme-en2vw' } },
  },
  entraAccess: {
    issuers: (jwks) => entra({ tenants: [TENANT], audience: APP, tokenUse: 'access', identity: 'oid', roles: 'roles', jwks }),
    typ: 'JWT',
    claims: {
      iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      sub: 'pairwise-subject',
      oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
      aud: APP,
      azp: 'ef1da9d4-ff77-4c3e-a005-840c3f830745',
      scp: 'Posts.Read Posts.Write',
      roles: ['editor'],
      tid: TENANT,
      ver: '2.0',
      nbf: NOW,
      ...TIMES,
    },
  },
  entraId: {
    issuers: (jwks) => entra({ tenants: [TENANT], audience: APP, tokenUse: 'id', jwks }),
    typ: 'JWT',
    claims: {
      iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
      sub: 'pairwise-subject',
      aud: APP,
      tid: TENANT,
      ver: '2.0',
      nonce: 'n-0S6',
      preferred_username: 'somebody@example.com',
      ...TIMES,
    },
  },
  oidc: {
    issuers: (jwks) => [
      oidc({
        issuer: 'https://id.example.com/realms/main',
        audience: 'posts-api',
        jwksUri: 'https://id.example.com/realms/main/protocol/openid-connect/certs',
        algorithms: ['RS256', 'ES256', 'EdDSA'],
        type: ['JWT', 'at+jwt'],
        requiredClaims: { typ: 'Bearer' },
        roles: (claims) => (claims['realm_access'] as { roles?: string[] } | undefined)?.roles ?? [],
        jwks,
      }),
    ],
    typ: 'JWT',
    claims: {
      iss: 'https://id.example.com/realms/main',
      sub: 'b3a1f9d2',
      aud: ['account', 'posts-api'],
      typ: 'Bearer',
      sid: 'session-1',
      scope: 'profile email',
      realm_access: { roles: ['editor'] },
      auth_time: NOW - 60,
      ...TIMES,
    },
  },
}

export function hostedHeader({ publicJwk }: TestKey, typ: string | null = 'JWT'): Record<string, unknown> {
  return { alg: publicJwk.alg, kid: publicJwk.kid, ...(typ === null ? {} : { typ }) }
}
