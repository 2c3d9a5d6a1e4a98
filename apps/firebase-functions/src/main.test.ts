import { expect, test } from 'vitest'
import { api, posts, whoAmI } from './main.ts'

interface Endpoint {
  readonly serviceAccountEmail?: string
  readonly secretEnvironmentVariables?: readonly { readonly key: string }[]
}

test('Firebase is told of three functions, of which only the API gets secrets and none starts', () => {
  const [ofApi, ...guarded] = [api, posts, whoAmI].map(({ __endpoint }) => __endpoint as Endpoint)
  expect(ofApi?.secretEnvironmentVariables?.map(({ key }) => key)).toEqual([
    'SALLYPORT_REFRESH_SECRET',
    'SALLYPORT_KEY_ENCRYPTION_SECRET',
    'SALLYPORT_PASSWORD_PEPPER',
  ])
  expect(ofApi?.serviceAccountEmail).toBe('sallyport-api@')
  for (const { serviceAccountEmail, secretEnvironmentVariables } of guarded)
    expect([serviceAccountEmail, secretEnvironmentVariables]).toEqual(['sallyport-posts@', undefined])
})
