import { readFileSync } from 'node:fs'
import type { Stores } from '@sallyport/core'
import { expect, test } from 'vitest'
import { compose, configuration, type Adapters } from './index.ts'

test('the sample in the README is this code, and works', async () => {
  const environment = {
    SALLYPORT_STRATEGY: 'session',
    SALLYPORT_REFRESH_SECRET: 'vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M',
    SALLYPORT_KEY_ENCRYPTION_SECRET: 'Q8zWc5nYpT2fVxK9rJ4bLh7mEdS1uGa0oIi6CyRtXw3',
    SALLYPORT_PASSWORD_PEPPER: '7mHq1bZs9Xc4Vn6Gk0Lp3Jt8Wr5Yd2Ef_uA-oTiQhRe',
  }
  const close = (): Promise<void> => Promise.resolve()
  const adapters = {
    stores: () => ({ users: {}, sessions: {}, oneTimeTokens: {}, counters: {}, keys: {}, close }) as unknown as Stores,
    passwordHasher: () => ({ close }),
    commonPasswords: () => ({}),
    auditLog: () => ({}),
    reportError: () => undefined,
  } as unknown as Adapters
  // sample
  const settings = configuration(environment)
  const application = compose({ settings, adapters, listeningUrl: 'http://localhost:4000' })
  await application.ready()
  const { handle } = application.http
  // end
  const answer = await handle({ method: 'GET', path: '/healthz', query: '', headers: {}, body: null, address: null, requestId: 'the-request' })
  expect(JSON.parse(answer.body)).toEqual({ status: 'ok', strategy: 'session', revocationBoundSeconds: 0 })
  await application.close()

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
