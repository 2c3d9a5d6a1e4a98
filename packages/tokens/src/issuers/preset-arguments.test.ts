import { ConfigurationError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { APP, TENANT } from '../../test/hosted.ts'
import { auth0 } from './auth0.ts'
import { cognito } from './cognito.ts'
import { entra } from './entra.ts'
import { firebase, identityPlatform } from './firebase.ts'
import { oidc } from './oidc.ts'

test('a missing argument does not compile and does not start', () => {
  const pool = { region: 'eu-west-1', userPoolId: 'eu-west-1_A1', clientId: 'c', tokenUse: 'access' } as const
  const issuer = {
    issuer: 'https://id.example.com',
    audience: 'a',
    jwksUri: 'https://id.example.com/keys',
    algorithms: ['RS256'],
    type: 'JWT',
  } as const
  const { audience: _audience, ...withoutAudience } = issuer
  const { type: _type, ...withoutType } = issuer
  const { tokenUse: _tokenUse, ...withoutUse } = pool
  const incomplete: readonly (() => unknown)[] = [
    // @ts-expect-error no audience
    () => auth0({ domain: 'sample.eu.auth0.com' }),
    // @ts-expect-error no domain
    () => auth0({ audience: 'a' }),
    // @ts-expect-error no token use
    () => cognito(withoutUse),
    // @ts-expect-error no project
    () => firebase({}),
    // @ts-expect-error no project
    () => identityPlatform({ tenants: ['acme-en2vw'] }),
    // @ts-expect-error no tenants
    () => entra({ audience: APP, tokenUse: 'access' }),
    // @ts-expect-error no audience
    () => oidc(withoutAudience),
    // @ts-expect-error no type
    () => oidc(withoutType),
    // @ts-expect-error an algorithm with a shared secret
    () => oidc({ ...issuer, algorithms: ['HS256'] }),
    // @ts-expect-error no algorithm at all
    () => oidc({ ...issuer, algorithms: ['none'] }),
    () => auth0({ domain: '', audience: 'a' }),
    () => auth0({ domain: 'https://sample.eu.auth0.com', audience: 'a' }),
    () => auth0({ domain: 'sample.eu.auth0.com/', audience: 'a' }),
    () => auth0({ domain: 'sample.eu.auth0.com@evil.example', audience: 'a' }),
    () => auth0({ domain: 'sample.eu.auth0.com', audience: '' }),
    () => auth0({ domain: 'sample.eu.auth0.com', audience: [] }),
    () => auth0({ domain: 'sample.eu.auth0.com', audience: ['a', ''] }),
    () => cognito({ ...pool, region: 'us-east-1' }),
    () => cognito({ ...pool, region: 'eu-west-1.evil.example/' }),
    () => cognito({ ...pool, userPoolId: 'eu-west-1_A1/../other' }),
    // Of other partitions, whose addresses end otherwise.
    () => cognito({ ...pool, region: 'cn-north-1', userPoolId: 'cn-north-1_A1' }),
    () => cognito({ ...pool, region: 'eusc-de-east-1', userPoolId: 'eusc-de-east-1_A1' }),
    () => cognito({ ...pool, issuerType: '' as 'updated' }),
    () => cognito({ ...pool, issuerType: true as unknown as 'updated' }),
    () => cognito({ ...pool, clientId: [] }),
    () => cognito({ ...pool, clientId: ' ' }),
    () => cognito({ ...pool, tokenUse: 'both' as 'id' }),
    () => cognito({ ...pool, audience: '' }),
    () => cognito({ ...pool, roles: 'custom:role' }),
    () => firebase({ projectId: '' }),
    () => firebase({ projectId: 'sample/project' }),
    () => firebase({ projectId: 'sample-project', roles: 'email' }),
    () => identityPlatform({ projectId: 'sample-project', tenants: [''] }),
    () => entra({ tenants: [], audience: APP, tokenUse: 'access' }),
    () => entra({ tenants: ['common'], audience: APP, tokenUse: 'access' }),
    () => entra({ tenants: [TENANT, 'organizations'], audience: APP, tokenUse: 'access' }),
    () => entra({ tenants: [TENANT], audience: '', tokenUse: 'access' }),
    () => entra({ tenants: [TENANT], audience: APP, tokenUse: '' as 'id' }),
    () => entra({ tenants: [TENANT], audience: APP, tokenUse: 'id', identity: 'email' as 'sub' }),
    () => entra({ tenants: [TENANT], audience: APP, tokenUse: 'id', roles: 'preferred_username' }),
    () => oidc({ ...issuer, issuer: 'id.example.com' }),
    () => oidc({ ...issuer, issuer: 'http://id.example.com' }),
    () => oidc({ ...issuer, issuer: 'https://id.example.com|x' }),
    () => oidc({ ...issuer, jwksUri: 'http://id.example.com/keys' }),
    () => oidc({ ...issuer, jwksUri: 'https://user:secret@id.example.com/keys' }),
    () => oidc({ ...issuer, jwksUri: 'file:///keys' }),
    () => oidc({ ...issuer, algorithms: [] }),
    () => oidc({ ...issuer, type: [] }),
    () => oidc({ ...issuer, type: '' }),
    () => oidc({ ...issuer, requiredClaims: { typ: '' } }),
    () => oidc({ ...issuer, requiredClaims: { typ: [] } }),
    () => oidc({ ...issuer, requiredClaims: { '': 'x' } }),
    () => auth0({ domain: 'sample.eu.auth0.com', audience: 'a', requiredClaims: { org_id: '' } }),
    () => cognito({ ...pool, requiredClaims: { username: '' } }),
    () => oidc({ ...issuer, roles: '' }),
  ]
  for (const make of incomplete) expect(make, String(make)).toThrow(ConfigurationError)
})
