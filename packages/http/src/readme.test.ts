import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { testApplication } from '../test/test-application.ts'
import { defaultLimits, httpApplication, type HttpSettings } from './index.ts'

test('the sample in the README is this code, and works', async () => {
  const { authentication } = await testApplication()
  const log: unknown[] = []
  // sample
  const settings: HttpSettings = {
    prefix: '/auth',
    publicUrl: 'https://auth.example.com',
    allowedOrigins: ['https://app.example.com'],
    transports: ['bearer', 'cookie'],
    defaultTransport: 'bearer',
    limits: defaultLimits,
    signingAlgorithms: ['RS256'],
    version: '1.0.0',
  }
  const application = httpApplication({ authentication, settings, onError: (error) => log.push(error) })

  const response = await application.handle({
    method: 'GET',
    path: '/healthz',
    query: '',
    headers: {},
    body: null,
    address: '203.0.113.7',
    requestId: 'request-1',
  })
  console.log(response.status, response.body) // 200 {"status":"ok", …}
  // end of sample
  expect([response.status, log]).toEqual([200, []])
  const sample = readFileSync(import.meta.filename, 'utf8').match(/ {2}\/\/ sample\n([^]*?)\n {2}\/\/ end of sample/)?.[1] ?? ''
  expect(readFileSync(new URL('../README.md', import.meta.url), 'utf8')).toContain(sample.replaceAll(/^ {2}/gm, ''))
})
