import { InvariantError, StoreUnavailableError } from '@sallyport/core'
import { afterEach, expect, test, vi } from 'vitest'
import { cloudLogger } from './cloud-logger.ts'

const written: string[] = []
vi.mock('node:fs', () => ({
  writeSync: (_: number, bytes: Uint8Array) => {
    written.push(Buffer.from(bytes).toString())
    return bytes.length
  },
}))
afterEach(() => written.splice(0))

test('every line is one that Cloud Logging sorts by severity', async () => {
  const log = cloudLogger('debug', ['hush'])
  log.error(new StoreUnavailableError('down'), 'r-1')
  log.error(new InvariantError('hush'), 'r-1')
  await log.audit.record({ name: 'login.succeeded', at: 0, userId: 'u', sessionId: 's', network: null, requestId: 'r-1', reason: null })
  const lines = written.join('').trimEnd().split('\n')
  expect(lines.map((line) => (JSON.parse(line) as { readonly severity: string }).severity)).toEqual(['WARNING', 'ERROR', 'INFO'])
  expect(written.join('')).not.toContain('hush')
})
