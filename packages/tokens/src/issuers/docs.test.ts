import { readFileSync } from 'node:fs'
import { authorizer, systemClock } from '@sallyport/core'
import { expect, test, vi } from 'vitest'
import { claims as ownClaims, forge, headerOf, ISSUER, newKey, testClock } from '../../test/fixtures.ts'
import { hostedHeader, jwksOf, services } from '../../test/hosted.ts'
import { auth0, cognito, entra, firebase, hostedIssuers, isHostedPrincipal, ownAndHosted, sallyportIssuer } from '../index.ts'

const page = readFileSync(new URL('../../../../docs/hosted-issuers.md', import.meta.url), 'utf8')
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
const source = readFileSync(import.meta.filename, 'utf8')

/** What stands between the marks of that name in this file, without its indentation. */
function sample(name: string): string {
  const [, text] = new RegExp(`// sample ${name}\n([\\s\\S]*?)\n {2}// end\n`).exec(source)!
  return text!.replaceAll(/^ {2}/gm, '')
}

test('several services behind one guard', () => {
  // sample services
  const hosted = hostedIssuers({
    issuers: [
      auth0({ domain: 'sample.eu.auth0.com', audience: 'https://api.example.com', roles: 'permissions' }),
      cognito({ region: 'eu-west-1', userPoolId: 'eu-west-1_AbCdEfGhI', clientId: 'app-client', tokenUse: 'access', roles: 'cognito:groups' }),
      entra({ tenants: ['72f988bf-86f1-41af-91ab-2d7cd011db47'], audience: '00001111-aaaa-2222-bbbb-3333cccc4444', tokenUse: 'access' }),
    ],
    clock: systemClock,
    cache: { maxEntries: 1000, maxAgeSeconds: 300 },
  })
  const authorize = authorizer({ strategy: hosted, clock: systemClock })
  // end
  expect(page).toContain(sample('services'))
  expect(hosted.issuers).toEqual([services.auth0, services.cognitoAccess, services.entraAccess].map(({ claims }) => claims['iss']))
  expect(authorize('garbage', { access: 'signed-in' })).toMatchObject({ allowed: false, refusal: 'unauthenticated' })
})

test('our own users and those of a service', async () => {
  const [key, ownKey] = [await newKey('RS256'), await newKey('RS256')]
  const jwks = jwksOf(key)
  const clock = testClock()
  const own = sallyportIssuer({ publicUrl: ISSUER, audience: 'https://api.example.com', clock, jwks: jwksOf(ownKey) })
  const token = forge(hostedHeader(key), { ...services.firebase.claims, roles: ['editor'] }, key)
  const log = vi.spyOn(console, 'log').mockReturnValue(undefined)
  // sample both
  const hosted = hostedIssuers({ issuers: [firebase({ projectId: 'sample-project', roles: 'roles', jwks })], clock })
  const strategy = ownAndHosted({ own, issuer: 'https://auth.example.com', hosted })
  const authorize = authorizer({ strategy, clock })

  const verdict = await authorize(token, { access: 'signed-in', roles: ['editor'] })
  if (verdict.allowed && verdict.principal !== null && isHostedPrincipal(verdict.principal)) {
    const { userId, claims } = verdict.principal
    console.log(userId, claims['email'])
  }
  // end
  expect(page).toContain(sample('both'))
  expect(readme).toContain(sample('both').split('\n\n')[0])
  expect(log.mock.calls).toEqual([['https://securetoken.google.com/sample-project|uid-1', 'somebody@example.com']])
  log.mockRestore()
  expect(await authorize(forge(headerOf(ownKey), ownClaims(), ownKey), { access: 'signed-in' })).toMatchObject({
    allowed: true,
    principal: { userId: ownClaims().sub },
  })
})

test('our own tokens where no store is reached', () => {
  // sample own
  const own = sallyportIssuer({ publicUrl: 'https://auth.example.com', audience: 'https://api.example.com', clock: systemClock })
  // end
  expect(page).toContain(sample('own'))
  expect(own.check('garbage')).toBe(null)
})
