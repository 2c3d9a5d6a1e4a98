import { expect, test } from 'vitest'
import { severityLine } from './severity-line.ts'

test.each([
  ['debug', 'DEBUG'],
  ['info', 'INFO'],
  ['warn', 'WARNING'],
  ['error', 'ERROR'],
])('a line of level %s gets the severity %s, and stays what it was', (level, severity) => {
  const line = { level, time: '2026-01-01T00:00:00.000Z', msg: 'failed', requestId: null }
  expect(JSON.parse(severityLine(JSON.stringify(line)))).toEqual({ severity, ...line })
})

test('what is no line of the logger is left alone', () => {
  for (const line of ['', 'text', '{"level":"loud"}', '[]', '{"msg":"x","level":"info"}']) expect(severityLine(line)).toBe(line)
})
