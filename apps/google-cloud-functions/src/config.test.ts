import { expect, test } from 'vitest'
import { apiConfig, guardConfig } from './config.ts'

const GUARD = { SALLYPORT_PUBLIC_URL: 'https://auth.example.org', SALLYPORT_DATASTORE_PROJECT: 'a-project' }
const SECRETS = {
  SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
  SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
  SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
}

test('what is not said holds as described', () => {
  const { projectId, databaseId, namespace, front, deadlineSeconds } = apiConfig({ ...GUARD, ...SECRETS })
  expect([projectId, databaseId, namespace, front, deadlineSeconds]).toEqual(['a-project', '', '', 'none', 25])
})

test('everything that is wrong is named at once', () => {
  const wrong = { SALLYPORT_FRONT: 'cloudflare', SALLYPORT_DEADLINE_SECONDS: '0', SALLYPORT_DATASTORE_PROJEKT: 'x' }
  expect(() => apiConfig(wrong)).toThrow(
    /(?=.*SALLYPORT_FRONT must be)(?=.*SALLYPORT_DEADLINE_SECONDS must be)(?=.*did you mean SALLYPORT_DATASTORE_PROJECT)(?=.*SALLYPORT_REFRESH_SECRET must be set)/s,
  )
})

test('a guarded function needs no secret, and no API starts without', () => {
  expect(guardConfig(GUARD).settings.publicUrl).toBe('https://auth.example.org')
  expect(() => apiConfig(GUARD)).toThrow(/SALLYPORT_PASSWORD_PEPPER must be set/)
})

test('a revocation bound above the maximum does not start, in the API and in a guarded function', () => {
  const slow = { ...GUARD, SALLYPORT_ACCESS_TOKEN_SECONDS: '3600' }
  expect(() => guardConfig(slow)).toThrow(/ended session could be accepted for 3600 s; the maximum is 900 s/)
  expect(() => apiConfig({ ...slow, ...SECRETS })).toThrow(/SALLYPORT_MAX_REVOCATION_SECONDS/)
})
