import { InvariantError, StoreUnavailableError } from '@sallyport/core'
import { describe, expect, test } from 'vitest'
import { functionLogger, type LogLevel } from './function-logger.ts'

function logged(level: LogLevel): { readonly lines: Record<string, unknown>[]; readonly log: ReturnType<typeof functionLogger> } {
  const lines: Record<string, unknown>[] = []
  const log = functionLogger({ level, secrets: ['hush'], write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>) })
  return { lines, log }
}

const EVENT = {
  name: 'login.failed',
  at: 0,
  userId: null,
  sessionId: null,
  network: '203.0.113.0/24',
  requestId: 'r-1',
  reason: 'bad-credentials',
} as const

describe('a line', () => {
  test('is a warning for an outage and an error for anything else', () => {
    const { lines, log } = logged('debug')
    log.error(new StoreUnavailableError('down'), 'r-1')
    log.error(new InvariantError('bug'), null)
    expect(lines).toMatchObject([
      { level: 'warn', msg: 'unavailable', requestId: 'r-1', error: { code: 'store-unavailable', message: 'down' } },
      { level: 'error', msg: 'failed', requestId: null, error: { code: 'invariant' } },
    ])
    expect(lines.every(({ time }) => typeof time === 'string' && time.endsWith('Z'))).toBe(true)
  })

  test('holds no secret, in message, stack and cause', () => {
    const { lines, log } = logged('error')
    log.error(new Error('hush', { cause: new Error(`token ${'a'.repeat(60)} and hush`) }), 'r-1')
    expect(JSON.stringify(lines)).not.toMatch(/hush|a{60}/)
  })

  test('names the variable that is wrong, however long its name', () => {
    const { lines, log } = logged('error')
    const message = 'SALLYPORT_KEY_ENCRYPTION_SECRET_PREVIOUS must be at least 32 random bytes'
    log.error(new Error(`${message}, not ${'A'.repeat(45)} or ${'A_B'.repeat(15)}C1`), null)
    expect(lines[0]).toMatchObject({ error: { message: `${message}, not [removed] or [removed]` } })
  })

  test('below the level is not written', () => {
    const { lines, log } = logged('error')
    log.error(new StoreUnavailableError('down'), null)
    expect(lines).toEqual([])
    const silent = logged('silent')
    silent.log.error(new Error('bug'), null)
    expect(silent.lines).toEqual([])
  })
})

describe('an audit event', () => {
  test('is written at every level, in the shape of the Node server', async () => {
    const { lines, log } = logged('silent')
    await log.audit.record(EVENT)
    expect(lines).toEqual([
      {
        level: 'info',
        time: '1970-01-01T00:00:00.000Z',
        audit: 'login.failed',
        userId: null,
        sessionId: null,
        network: '203.0.113.0/24',
        requestId: 'r-1',
        reason: 'bad-credentials',
      },
    ])
  })

  test('that cannot be written is a rejection; an error that cannot be written is not', async () => {
    const log = functionLogger({
      level: 'debug',
      write: () => {
        throw new Error('full')
      },
    })
    await expect(log.audit.record(EVENT)).rejects.toThrow('full')
    expect(() => log.error(new Error('bug'), null)).not.toThrow()
  })
})
