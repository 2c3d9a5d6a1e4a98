import { readFileSync } from 'node:fs'
import { compose, configuration, type Adapters } from '@sallyport/composition'
import { functionLogger } from '@sallyport/logging'
import { memoryStores } from '@sallyport/store-memory'
import { expect, test } from 'vitest'
import { standardAdapters } from './index.ts'

const PASSWORD = 'correct horse battery staple'
const secrets = Object.fromEntries(
  ['SALLYPORT_REFRESH_SECRET', 'SALLYPORT_KEY_ENCRYPTION_SECRET', 'SALLYPORT_PASSWORD_PEPPER'].map((name) => [
    name,
    Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64'),
  ]),
)

test.each(['jwt', 'session'])('the sample in the README is this code, and an application stands on it: %s', async (strategy) => {
  const settings = configuration({ ...secrets, SALLYPORT_STRATEGY: strategy, SALLYPORT_PUBLIC_URL: 'https://auth.example.test' })
  const log = functionLogger({ level: 'debug', write: () => {} })
  // sample
  const adapters: Adapters = {
    ...standardAdapters({ onError: log.error }),
    stores: ({ clock }) => memoryStores({ clock }),
    auditLog: () => log.audit,
    reportError: log.error,
  }
  // end
  const application = compose({ settings, adapters })
  const context = { address: null, userAgent: null, requestId: null }
  const registered = await application.authentication.register({ email: 'ada@example.org', password: PASSWORD, name: null }, context)
  expect(registered.outcome).toBe('registered')
  const signedIn = await application.authentication.logIn({ email: 'ada@example.org', password: PASSWORD }, context)
  if (!('started' in signedIn)) throw new Error(signedIn.outcome)
  expect(await application.authentication.authorize(signedIn.started.credentials.accessToken, { access: 'signed-in' })).toMatchObject({
    allowed: true,
  })
  await application.close()

  const [, sample = 'none'] = /\/\/ sample\n([\s\S]*?)\n {2}\/\/ end\n/.exec(readFileSync(import.meta.filename, 'utf8')) ?? []
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
