import { InvariantError, StoreUnavailableError } from '@sallyport/core'
import { functionLogger } from '@sallyport/logging'
import { expect, test } from 'vitest'
import { severityLine } from './severity-line.ts'

test('every line of the logger gets the severity of its level, and stays what it was', async () => {
  const lines: Record<string, unknown>[] = []
  const plain: Record<string, unknown>[] = []
  const log = functionLogger({
    level: 'debug',
    write: (line) => {
      lines.push(JSON.parse(severityLine(line)) as Record<string, unknown>)
      plain.push(JSON.parse(line) as Record<string, unknown>)
    },
  })
  log.error(new StoreUnavailableError('down'), 'r-1')
  log.error(new InvariantError('bug'), 'r-1')
  await log.audit.record({ name: 'login.succeeded', at: 0, userId: 'u', sessionId: 's', network: null, requestId: 'r-1', reason: null })
  expect(lines.map(({ severity }) => severity)).toEqual(['WARNING', 'ERROR', 'INFO'])
  expect(lines).toMatchObject(plain)
})

test('what is no line of the logger is left alone', () => {
  for (const line of ['', 'text', '{"level":"loud"}', '[]', '{"msg":"x","level":"info"}']) expect(severityLine(line)).toBe(line)
})
