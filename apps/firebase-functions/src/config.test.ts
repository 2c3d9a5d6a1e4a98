import { ConfigurationError } from '@sallyport/core'
import { expect, test } from 'vitest'
import { apiConfig, guardConfig } from './config.ts'

const GUARD = { SALLYPORT_PUBLIC_URL: 'https://auth.example.org', GCLOUD_PROJECT: 'firebase-project' }
const SECRETS = {
  SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
  SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
  SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
}

test('the project is the one in which Firebase runs the function, unless another is named', () => {
  expect(apiConfig({ ...GUARD, ...SECRETS }).projectId).toBe('firebase-project')
  expect(guardConfig({ ...GUARD, SALLYPORT_DATASTORE_PROJECT: 'another' }).projectId).toBe('another')
  expect(() => guardConfig({ SALLYPORT_PUBLIC_URL: 'https://auth.example.org' })).toThrow(/SALLYPORT_DATASTORE_PROJECT must be set/)
})

test('the users of Firebase Authentication are those of Firebase’s own project, beside other hosted issuers', () => {
  const users = { SALLYPORT_DATASTORE_PROJECT: 'another', SALLYPORT_FIREBASE_USERS: 'true' }
  const firebase = { preset: 'firebase', projectId: 'firebase-project', roles: 'roles' }
  const auth0 = { preset: 'auth0', domain: 'sample.eu.auth0.com', audience: 'api' }
  expect(guardConfig(GUARD).settings.hostedIssuers).toEqual([])
  expect(guardConfig({ ...GUARD, ...users }).settings.hostedIssuers).toEqual([firebase])
  expect(guardConfig({ ...GUARD, ...users, SALLYPORT_HOSTED_ISSUERS: JSON.stringify([auth0]) }).settings.hostedIssuers).toEqual([auth0, firebase])
})

test('the name of what was replaced is known to every function', () => {
  const replaced = { SALLYPORT_PREVIOUS_SECRETS: 'SALLYPORT_PASSWORD_PEPPER' }
  expect(guardConfig({ ...GUARD, ...replaced }).previousSecrets).toEqual(['SALLYPORT_PASSWORD_PEPPER'])
  expect(apiConfig({ ...GUARD, ...SECRETS, SALLYPORT_PREVIOUS_SECRETS: '' }).previousSecrets).toEqual([])
})

test('the API does not start without the value of before of a secret that was replaced', () => {
  const replaced = { ...GUARD, ...SECRETS, SALLYPORT_PREVIOUS_SECRETS: 'SALLYPORT_PASSWORD_PEPPER,SALLYPORT_REFRESH_SECRET' }
  const [pepper, refresh] = ['dN4wKe8sVb1Zq7Xm0Gt5Rj2Yc9Lf6Hp3Uo-iAa_TkQW', 'Pz3kXv9Bn5Mq1Ws7Ed4Rf8Tg2Yh6Uj0Ik-oLa_CxVbN']
  expect(() => apiConfig(replaced)).toThrow(ConfigurationError)
  expect(() => apiConfig(replaced)).toThrow(/SALLYPORT_PASSWORD_PEPPER_PREVIOUS, SALLYPORT_REFRESH_SECRET_PREVIOUS/)
  expect(() => apiConfig({ ...replaced, SALLYPORT_PASSWORD_PEPPER_PREVIOUS: pepper, SALLYPORT_REFRESH_SECRET_PREVIOUS: '' })).toThrow(
    /asks for SALLYPORT_REFRESH_SECRET_PREVIOUS,/,
  )
  const bound = { ...replaced, SALLYPORT_PASSWORD_PEPPER_PREVIOUS: pepper, SALLYPORT_REFRESH_SECRET_PREVIOUS: refresh }
  expect(apiConfig(bound).settings.passwordPeppersPrevious).toEqual([pepper])
})

test('the port is Firebase’s business, in the emulator the path of a socket', () => {
  expect(apiConfig({ ...GUARD, ...SECRETS, PORT: '/tmp/fire_emu.sock' }).settings.port).toBe(4000)
})

test('everything that is wrong is named at once', () => {
  const wrong = { SALLYPORT_FIREBASE_USERS: 'yes', SALLYPORT_DEADLINE_SECONDS: '0', SALLYPORT_FIREBASE_USER: 'true' }
  expect(() => apiConfig({ ...GUARD, ...wrong })).toThrow(
    /(?=.*SALLYPORT_FIREBASE_USERS must be)(?=.*SALLYPORT_DEADLINE_SECONDS must be)(?=.*did you mean SALLYPORT_FIREBASE_USERS)(?=.*SALLYPORT_REFRESH_SECRET must be set)/s,
  )
})
