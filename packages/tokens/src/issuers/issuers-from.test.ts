import { ConfigurationError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { APP, TENANT } from '../../test/hosted.ts'
import { issuersFrom, type IssuerEntry } from './issuers-from.ts'

const AUTH0 = { preset: 'auth0', domain: 'sample.eu.auth0.com', audience: 'https://api.example.com' }
const COGNITO = { preset: 'cognito', region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'app', tokenUse: 'access' }
const OIDC = {
  preset: 'oidc',
  issuer: 'https://id.example.com/',
  audience: ['one', 'two'],
  jwksUri: 'https://id.example.com/keys',
  algorithms: ['ES256'],
  type: ['at+jwt', null],
}

test('every preset is made from what JSON can say', () => {
  const entries: readonly IssuerEntry[] = [
    AUTH0,
    { ...COGNITO, issuerType: 'updated', roles: 'cognito:groups' },
    { preset: 'entra', tenants: [TENANT, TENANT.replace('7', '8')], audience: APP, tokenUse: 'id', identity: 'oid' },
    { preset: 'firebase', projectId: 'sample-project', allowAnonymous: true },
    { preset: 'identityPlatform', projectId: 'other-project', tenants: ['acme-en2vw'] },
    { ...OIDC, requiredClaims: { typ: 'Bearer' } },
  ]
  expect(issuersFrom(JSON.parse(JSON.stringify(entries)) as typeof entries).map(({ issuer, algorithms }) => [issuer, algorithms])).toEqual([
    ['https://sample.eu.auth0.com/', ['RS256']],
    ['https://issuer-cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI', ['RS256']],
    [`https://login.microsoftonline.com/${TENANT}/v2.0`, ['RS256']],
    [`https://login.microsoftonline.com/${TENANT.replace('7', '8')}/v2.0`, ['RS256']],
    ['https://securetoken.google.com/sample-project', ['RS256']],
    ['https://securetoken.google.com/other-project', ['RS256']],
    ['https://id.example.com/', ['ES256']],
  ])
})

test.each<[string, IssuerEntry, string]>([
  ['a preset that is none', { ...AUTH0, preset: 'okta' }, 'its preset is one of auth0, cognito, entra, firebase, identityPlatform, oidc.'],
  ['the name of something inherited', { ...AUTH0, preset: 'constructor' }, 'its preset is one of'],
  [
    'a misspelt argument',
    { ...COGNITO, role: 'cognito:groups' },
    'cognito takes region, userPoolId, clientId, tokenUse, audience, issuerType, roles, requiredClaims',
  ],
  ['an argument of another preset', { ...AUTH0, tenants: ['a'] }, 'auth0 takes domain, audience, roles, requiredClaims, and nothing else.'],
  ['keys, which are for code', { ...AUTH0, jwks: { keys: [] } }, 'auth0 takes domain'],
  [
    'a flag as text',
    { preset: 'firebase', projectId: 'sample-project', allowAnonymous: 'false' },
    'its allowAnonymous has a form that firebase does not take.',
  ],
  ['an issuer type that is none', { ...COGNITO, issuerType: 'UPDATED' }, 'A Cognito user pool has the issuer type "original" or "updated".'],
  ['claims that are text', { ...AUTH0, requiredClaims: 'org_1' }, 'its requiredClaims has a form'],
  ['claims that are a list', { ...AUTH0, requiredClaims: ['org_1'] }, 'its requiredClaims has a form'],
  ['tenants that are nothing', { preset: 'identityPlatform', projectId: 'sample-project', tenants: null }, 'its tenants has a form'],
  ['tenants that are empty', { preset: 'identityPlatform', projectId: 'sample-project', tenants: '' }, 'its tenants has a form'],
  ['tenants that are none', { preset: 'identityPlatform', projectId: 'sample-project', tenants: [] }, 'its tenants has a form'],
  ['roles that are a list', { ...AUTH0, roles: ['permissions'] }, 'its roles has a form'],
  ['what the preset refuses', { ...AUTH0, domain: 'https://sample.eu.auth0.com' }, 'A hosted issuer has a domain that cannot be one.'],
  ['what the preset misses', { preset: 'cognito', region: 'eu-west-1' }, 'A hosted issuer needs its userPoolId'],
  ['roles that users write', { ...COGNITO, roles: 'custom:role' }, 'Roles of a hosted issuer come from a claim that only administrators can write.'],
  ['a number where a text belongs', { ...AUTH0, audience: 7 }, 'A hosted issuer needs its audience'],
  ['an algorithm with a shared secret', { ...OIDC, algorithms: ['HS256'] }, 'A hosted issuer signs with RS256, ES256, EdDSA.'],
])('refused, by the number of its place: %s', (_what, entry, sentence) => {
  const refused = (): unknown => issuersFrom([AUTH0, entry])
  expect(refused).toThrow(ConfigurationError)
  expect(refused).toThrow(`Hosted issuer 2: ${sentence}`)
})
