import { afterEach, expect, test, vi } from 'vitest'
import { api, posts, whoAmI } from './main.ts'

afterEach(() => {
  vi.unstubAllEnvs()
  vi.resetModules()
})

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

test('the API is also given what was replaced, as the environment of the deployment says', async () => {
  vi.stubEnv('SALLYPORT_PREVIOUS_SECRETS', 'SALLYPORT_PASSWORD_PEPPER,SALLYPORT_REFRESH_SECRET')
  vi.resetModules()
  const rotated = await import('./main.ts')
  const [keys, ...guarded] = [rotated.api, rotated.posts, rotated.whoAmI].map(({ __endpoint }) =>
    (__endpoint as Endpoint).secretEnvironmentVariables?.map(({ key }) => key),
  )
  expect(keys?.slice(3)).toEqual(['SALLYPORT_PASSWORD_PEPPER_PREVIOUS', 'SALLYPORT_REFRESH_SECRET_PREVIOUS'])
  expect(guarded).toEqual([undefined, undefined])
})

test.each(['PASSWORD_PEPPER', 'SALLYPORT_PASSWORD_PEPPER_PREVIOUS', 'SALLYPORT_PASSWORD_PEPPER, SALLYPORT_REFRESH_SECRET', ','])(
  'a deployment that would leave out what was replaced by a wrong name stops: %s',
  async (names) => {
    vi.stubEnv('SALLYPORT_PREVIOUS_SECRETS', names)
    vi.resetModules()
    await expect(import('./main.ts')).rejects.toThrow(/SALLYPORT_PREVIOUS_SECRETS must be some of SALLYPORT_REFRESH_SECRET/)
  },
)
