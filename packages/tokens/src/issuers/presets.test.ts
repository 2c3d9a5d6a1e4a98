import { ConfigurationError } from '@sallyport/core'
import { SignJWT } from 'jose'
import { afterEach, expect, test, vi } from 'vitest'
import { newKey, NOW, testClock, type TestKey } from '../../test/fixtures.ts'
import { APP, hostedHeader, jwksOf, services, TENANT, type Hosted } from '../../test/hosted.ts'
import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { entra } from './entra.ts'
import { firebase, identityPlatform } from './firebase.ts'
import type { HostedPrincipal } from './hosted-issuer.ts'
import { hostedIssuers, type HostedIssuersOptions } from './hosted-issuers.ts'

const key = await newKey('RS256')

afterEach(() => vi.unstubAllEnvs())

function sign(claims: Readonly<Record<string, unknown>>, typ: string | null, by: TestKey = key): Promise<string> {
  const header = hostedHeader(by, typ) as { alg: string }
  return new SignJWT(claims).setProtectedHeader(header).sign(by.privateKey.handle as never)
}

async function ask(
  { issuers, typ, claims }: Hosted,
  changes: Readonly<Record<string, unknown>> = {},
  options: Partial<HostedIssuersOptions> = {},
): Promise<HostedPrincipal | null> {
  const checker = hostedIssuers({ issuers: [issuers(jwksOf(key))], clock: testClock(), ...options })
  return checker.check(await sign({ ...claims, ...changes }, typ))
}

test.each([
  ['auth0', 'https://sample.eu.auth0.com/|auth0|123456', ['editor'], ['openid', 'read:posts'], '', 0],
  [
    'cognitoAccess',
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI|f7a1b2c3-0000-4000-8000-000000000001',
    ['editor'],
    ['aws.cognito.signin.user.admin'],
    'origin-1',
    NOW - 60,
  ],
  ['cognitoId', 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI|f7a1b2c3-0000-4000-8000-000000000001', [], [], '', NOW - 60],
  ['firebase', 'https://securetoken.google.com/sample-project|uid-1', [], [], '', NOW - 60],
  ['identityPlatform', 'https://securetoken.google.com/sample-project/acme-en2vw|uid-1', [], [], '', NOW - 60],
  [
    'entraAccess',
    `https://login.microsoftonline.com/${TENANT}/v2.0|690222be-ff1a-4d56-abd1-7e4f7d38e474`,
    ['editor'],
    ['Posts.Read', 'Posts.Write'],
    '',
    0,
  ],
  ['entraId', `https://login.microsoftonline.com/${TENANT}/v2.0|pairwise-subject`, [], [], '', 0],
  ['oidc', 'https://id.example.com/realms/main|b3a1f9d2', ['editor'], ['profile', 'email'], 'session-1', NOW - 60],
] as const)('%s: a token of the service is the principal of its claims', async (name, userId, roles, scopes, sessionId, authTime) => {
  const { claims } = services[name]
  expect(await ask(services[name])).toEqual({
    userId,
    sessionId,
    roles,
    scopes,
    profile: null,
    authenticatedAt: authTime * 1000,
    asOf: NOW * 1000,
    expiresAt: (NOW + 3600) * 1000,
    issuer: claims['iss'],
    subject: userId.slice(userId.indexOf('|') + 1),
    claims,
  })
})

const elsewhere = 'ffffffff-86f1-41af-91ab-2d7cd011db47'
const refusals: readonly [keyof typeof services, string, Readonly<Record<string, unknown>>][] = [
  ['auth0', 'another API', { aud: ['https://other.example.com'] }],
  ['auth0', 'an ID token: it names no client of an API', { azp: undefined, nonce: 'n' }],
  ['auth0', 'no audience', { aud: undefined }],
  ['auth0', 'the issuer without its slash', { iss: 'https://sample.eu.auth0.com' }],
  ['auth0', 'permissions that are no list', { permissions: 'editor' }],
  ['cognitoAccess', 'an ID token', { token_use: 'id', aud: 'app-client', client_id: undefined }],
  ['cognitoAccess', 'an ID token with the client in both places', { token_use: 'id', aud: 'app-client' }],
  ['cognitoAccess', 'no token use', { token_use: undefined }],
  ['cognitoAccess', 'another client', { client_id: 'other-client' }],
  ['cognitoAccess', 'a list of clients', { client_id: ['app-client'] }],
  ['cognitoAccess', 'bound to a resource that is not ours', { aud: 'https://other.example.com' }],
  ['cognitoAccess', 'another pool', { iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Other' }],
  ['cognitoAccess', 'another region', { iss: 'https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_AbCdEfGhI' }],
  ['cognitoId', 'an access token', { token_use: 'access', client_id: 'app-client' }],
  ['cognitoId', 'another client', { aud: 'other-client' }],
  ['firebase', 'another project', { aud: 'other-project' }],
  ['firebase', 'another project of the same keys', { iss: 'https://securetoken.google.com/other-project', aud: 'other-project' }],
  ['firebase', 'a session cookie', { iss: 'https://session.firebase.google.com/sample-project' }],
  ['firebase', 'an empty subject', { sub: '' }],
  ['firebase', 'no time of sign-in', { auth_time: undefined }],
  ['firebase', 'a sign-in in the future', { auth_time: NOW + 61 }],
  ['firebase', 'a user of a tenant', { firebase: { sign_in_provider: 'password', tenant: 'acme-en2vw' } }],
  ['firebase', 'nobody in particular', { firebase: { sign_in_provider: 'anonymous' } }],
  ['identityPlatform', 'a tenant that is not listed', { firebase: { sign_in_provider: 'password', tenant: 'evil-abcde' } }],
  ['identityPlatform', 'a list of tenants', { firebase: { sign_in_provider: 'password', tenant: ['acme-en2vw'] } }],
  ['identityPlatform', 'a user of no tenant', { firebase: { sign_in_provider: 'password' } }],
  ['identityPlatform', 'no details', { firebase: undefined }],
  ['entraAccess', 'another tenant', { iss: `https://login.microsoftonline.com/${elsewhere}/v2.0`, tid: elsewhere }],
  ['entraAccess', 'a tid that is not the issuer’s', { tid: elsewhere }],
  ['entraAccess', 'no tid', { tid: undefined }],
  ['entraAccess', 'another application', { aud: 'ffff1111-aaaa-2222-bbbb-3333cccc4444' }],
  ['entraAccess', 'version 1.0', { iss: `https://sts.windows.net/${TENANT}/`, ver: '1.0' }],
  ['entraAccess', 'version 1.0 of an issuer of version 2.0', { ver: '1.0' }],
  ['entraAccess', 'no version', { ver: undefined }],
  ['entraAccess', 'an ID token', { azp: undefined, scp: undefined, nonce: 'n' }],
  ['entraAccess', 'an application that was granted nothing', { scp: undefined, roles: undefined }],
  ['entraAccess', 'no oid, where users are known by it', { oid: undefined }],
  ['entraId', 'an access token for the same application', { azp: APP, scp: 'Posts.Read' }],
  ['entraId', 'an access token of the application itself', { azp: APP }],
  ['entraId', 'a token with scopes', { scp: 'Posts.Read' }],
  ['oidc', 'another kind of token', { typ: 'ID' }],
  ['oidc', 'no kind of token', { typ: undefined }],
  ['oidc', 'another audience', { aud: 'account' }],
  ['oidc', 'roles that are no list', { realm_access: { roles: [1] } }],
  ['oidc', 'scopes that are none', { scope: 7 }],
]

test.each(refusals)('%s refuses %s', async (name, _what, changes) => {
  expect(await ask(services[name], changes)).toBe(null)
})

test('Cognito: a token bound to our resource needs the resource named, and then all need it', async () => {
  const audience = 'https://api.example.com'
  const bound: Hosted = {
    ...services.cognitoAccess,
    issuers: (jwks) => [
      cognito({ region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'app-client', tokenUse: 'access', audience, jwks }),
    ],
  }
  expect(await ask(bound, { aud: audience })).not.toBe(null)
  expect(await ask(bound, { aud: 'https://other.example.com' })).toBe(null)
  expect(await ask(bound)).toBe(null)
})

test('Cognito: a pool of the updated issuer type has that issuer and no other', async () => {
  const original = { region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'app-client', tokenUse: 'access' } as const
  const pool = { ...original, issuerType: 'updated' } as const
  const { issuer, keySet } = cognito(pool)
  // As aws-jwt-verify has it, and the tokens shown in its issue 282.
  expect(issuer).toBe('https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI')
  expect(keySet).toEqual({ url: `${issuer}/.well-known/jwks.json` })
  const updated: Hosted = { ...services.cognitoAccess, issuers: (jwks) => [cognito({ ...pool, jwks })] }
  expect(await ask(updated)).toBe(null)
  expect(await ask(updated, { iss: issuer })).toMatchObject({ issuer })
  expect(await ask(services.cognitoAccess, { iss: issuer })).toBe(null)
  expect(cognito({ ...pool, issuerType: 'original' }).issuer).toBe(cognito(original).issuer)
})

test('Firebase: anonymous users count as signed in only where that is asked for', async () => {
  const anonymous = { firebase: { sign_in_provider: 'anonymous' } }
  const open: Hosted = { ...services.firebase, issuers: (jwks) => [firebase({ projectId: 'sample-project', allowAnonymous: true, jwks })] }
  expect(await ask(open, anonymous)).not.toBe(null)
})

test('Entra ID: keys that sign for another issuer are none of this tenant', async () => {
  const { claims } = services.entraAccess
  const signedFor = async (issuer: string): Promise<boolean> => {
    const jwks = { keys: [{ ...key.publicJwk, alg: undefined, issuer }, (await newKey('RS256')).publicJwk] }
    const checker = hostedIssuers({ issuers: services.entraAccess.issuers(JSON.parse(JSON.stringify(jwks)) as typeof jwks), clock: testClock() })
    return (await checker.check(await sign(claims, 'JWT'))) !== null
  }
  expect(await signedFor('https://login.microsoftonline.com/{tenantid}/v2.0')).toBe(true)
  expect(await signedFor(`https://login.microsoftonline.com/${TENANT}/v2.0`)).toBe(true)
  expect(await signedFor(`https://login.microsoftonline.com/${elsewhere}/v2.0`)).toBe(false)
})

test('an application of Entra ID that was granted a role needs no scope', async () => {
  expect(await ask(services.entraAccess, { scp: undefined })).toMatchObject({ roles: ['editor'], scopes: [] })
})

test('keys are where the services publish them', () => {
  const urls = [
    auth0({ domain: 'sample.eu.auth0.com', audience: 'a' }),
    cognito({ region: 'us-gov-west-1', userPoolId: 'us-gov-west-1_A1', clientId: 'c', tokenUse: 'id' }),
    firebase({ projectId: 'sample-project' }),
    ...entra({ tenants: [TENANT], audience: APP, tokenUse: 'id' }),
  ].map(({ keySet }) => ('url' in keySet ? keySet.url : null))
  expect(urls).toEqual([
    'https://sample.eu.auth0.com/.well-known/jwks.json',
    'https://cognito-idp.us-gov-west-1.amazonaws.com/us-gov-west-1_A1/.well-known/jwks.json',
    'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
    `https://login.microsoftonline.com/${TENANT}/discovery/v2.0/keys`,
  ])
})

test('each preset demands further claims where that is asked for, and its own all the same', async () => {
  const org_id = ['org_1', 'org_2']
  const made = {
    auth0: auth0({
      domain: 'sample.eu.auth0.com',
      audience: 'https://api.example.com',
      requiredClaims: { org_id },
      jwks: jwksOf(key),
    }),
    cognitoAccess: cognito({
      region: 'eu-west-1',
      userPoolId: 'eu-west-1_AbCdEfGhI',
      clientId: 'app-client',
      tokenUse: 'access',
      requiredClaims: { org_id, token_use: 'id', client_id: 'other-client' },
      jwks: jwksOf(key),
    }),
    firebase: firebase({ projectId: 'sample-project', requiredClaims: { org_id: 'org_1' }, jwks: jwksOf(key) }),
    entraAccess: entra({ tenants: [TENANT], audience: APP, tokenUse: 'access', requiredClaims: { org_id, tid: 'other' }, jwks: jwksOf(key) })[0]!,
  }
  for (const name of ['auth0', 'cognitoAccess', 'firebase', 'entraAccess'] as const) {
    const service: Hosted = { ...services[name], issuers: () => [made[name]] }
    expect(await ask(service, { org_id: 'org_1' })).not.toBe(null)
    for (const other of [undefined, 'org_3', ['org_1'], null]) expect(await ask(service, { org_id: other })).toBe(null)
    // What a preset stands on cannot be talked out of it.
    for (const change of [{ tid: 'other' }, { token_use: 'id' }, { client_id: 'other-client' }]) {
      const isItsOwn = Object.keys(change).some((claim) => claim in services[name].claims)
      expect(await ask(service, { org_id: 'org_1', ...change })).toEqual(isItsOwn ? null : expect.anything())
    }
  }
})

test('a claim is the token’s own: what every object inherits is no role', async () => {
  const inherited: Hosted = { ...services.firebase, issuers: (jwks) => [firebase({ projectId: 'sample-project', roles: 'constructor', jwks })] }
  expect(await ask(inherited)).toMatchObject({ roles: [] })
})

test('the emulator of Firebase: refused in production, and no way around the signature elsewhere', async () => {
  vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', '127.0.0.1:9099')
  const { claims } = services.firebase
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const checker = hostedIssuers({ issuers: services.firebase.issuers(jwksOf(key)), clock: testClock() })
  expect(await checker.check(`${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`)).toBe(null)
  expect(await ask(services.firebase)).not.toBe(null)
  vi.stubEnv('NODE_ENV', 'production')
  for (const make of [firebase, identityPlatform]) expect(() => make({ projectId: 'sample-project' })).toThrow(ConfigurationError)
  vi.stubEnv('FIREBASE_AUTH_EMULATOR_HOST', '')
  expect(firebase({ projectId: 'sample-project' }).issuer).toBe('https://securetoken.google.com/sample-project')
})
