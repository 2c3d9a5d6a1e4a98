import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvariantError, StoreUnavailableError, type AuditEvent } from '@sallyport/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { lineDestination, scrub, type LineDestination } from '@sallyport/logging'
import { nodeLogger } from './node-logger.ts'
import type { AccessEntry } from './node-server.ts'
import { pinoAuditLog } from './pino-audit-log.ts'

const JWT = `eyJhbGciOiJSUzI1NiIsImtpZCI6Ikd2N1lVVUdiVEgifQ.eyJpc3MiOiJodHRwOi8vbG9jYWxob3N0IiwiZXhwIjoxfQ.${'uxYhcg6NUeaH6dth4xt9'.repeat(17)}`
const REFRESH = '01a20760-b347-7f89-88eb-725f27bbdd35.0YdOWN4jh_bHWgsNcwpOQg.0.rXtV2saUD4lpiyDUEI21SmHhqk3skWyx3FiSOIyK6uA'
const OPAQUE = '01a20760-b347-7f89-88eb-725f27bbdd35.0YdOWN4jh_bHWgsNcwpOQg.vJ0mSxUuYV3rX9hZb2cQ4nTf7wKp1LdEoGyA6iRkH5M'
const HASHES = ['$argon2id$v=19$m=19456,t=2,p=1,keyid=abc$c2FsdA$aGFzaA', '$2b$12$abcdefghijklmnopqrstuuABCDEFGHIJKLMNOPQRSTUVWXYZ01234']

const entry: AccessEntry = { method: 'GET', path: '/auth/me', status: 200, durationMs: 1.23456, requestId: 'the-request', address: '203.0.113.9' }
const event: AuditEvent = {
  name: 'login.failed',
  at: 1_800_000_000_000,
  userId: null,
  sessionId: null,
  network: '203.0.113.0/24',
  requestId: 'the-request',
  reason: 'wrong-password',
}

function memory(): LineDestination & { readonly text: () => string } {
  let written = ''
  const write = (line: string): void => void (written += line)
  return { write, writeNow: write, flush: () => undefined, text: () => written }
}

describe('the access log', () => {
  it('has one line for a request, with its network and not its address', () => {
    const destination = memory()
    nodeLogger({ level: 'info', destination }).access?.(entry)
    const { time, ...line } = JSON.parse(destination.text()) as Record<string, unknown>
    expect(line).toEqual({
      level: 'info',
      msg: 'request',
      method: 'GET',
      path: '/auth/me',
      status: 200,
      durationMs: 1.23,
      requestId: 'the-request',
      network: '203.0.113.0/24',
    })
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  })

  it('stays one line whatever is in the path', () => {
    const destination = memory()
    const { access } = nodeLogger({ level: 'info', destination })
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (path) => {
        const before = destination.text().length
        access?.({ ...entry, path })
        const line = destination.text().slice(before)
        expect(line.indexOf('\n')).toBe(line.length - 1)
        expect(() => JSON.parse(line) as unknown).not.toThrow()
        expect(line.length).toBeLessThan(2200)
      }),
    )
  })

  it.each([JWT, REFRESH, OPAQUE])('does not show a token that somebody put into a path', (token) => {
    const destination = memory()
    nodeLogger({ level: 'info', destination }).access?.({ ...entry, path: `/auth/verify/${token}` })
    expect(destination.text()).toContain('/auth/verify/[removed]')
    expect(destination.text()).not.toContain(token.slice(-20))
  })

  it('is left out above its level, where audit events are not', async () => {
    const destination = memory()
    const { access, audit } = nodeLogger({ level: 'silent', destination })
    expect(access).toBeNull()
    await audit.record(event)
    expect(destination.text()).toContain('"audit":"login.failed"')
  })
})

describe('the audit log', () => {
  it('says who, when, where and how', async () => {
    const destination = memory()
    await pinoAuditLog({ destination }).record(event)
    expect(JSON.parse(destination.text())).toEqual({
      level: 'info',
      time: '2027-01-15T08:00:00.000Z',
      audit: 'login.failed',
      userId: null,
      sessionId: null,
      network: '203.0.113.0/24',
      requestId: 'the-request',
      reason: 'wrong-password',
    })
  })

  it('rejects with what the sink throws', async () => {
    const full = new Error('no space left')
    const failing = (): never => {
      throw full
    }
    await expect(pinoAuditLog({ destination: { ...memory(), writeNow: failing } }).record(event)).rejects.toBe(full)
  })
})

describe('errors', () => {
  const secret = 'walnut-lantern-harbour'
  const leaky = (text: string): Error => {
    const cause = Object.assign(new Error(`cause: ${text}`), { config: { headers: { authorization: text } }, code: 'E_THING' })
    return Object.assign(new InvariantError(`failed: ${text}`, { cause }), { request: { body: text } })
  }

  it.each([JWT, REFRESH, OPAQUE, ...HASHES, secret, `Bearer ${JWT}`])('are logged with stack and cause, and without %s', (text) => {
    const destination = memory()
    nodeLogger({ level: 'warn', secrets: [secret], destination }).error(leaky(text), 'the-request')
    const line = destination.text()
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      requestId: 'the-request',
      error: { name: 'InvariantError', code: 'invariant', cause: { code: 'E_THING' } },
    })
    expect(line).toContain('node-logger.test.ts')
    expect(line).not.toContain(text)
    for (const part of text.split('.').filter((each) => each.length > 36)) expect(line).not.toContain(part)
  })

  it('that were answered as an outage are warnings', () => {
    const destination = memory()
    const { error } = nodeLogger({ level: 'warn', destination })
    error(new StoreUnavailableError('The store is away'), null)
    error('a text', null)
    const lines = destination.text().trim().split('\n')
    expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(['warn', 'error'])
    expect(lines[1]).toContain('Something of type string was thrown')
  })

  it('end at a cause of a cause that is itself', () => {
    const error = new Error('round')
    error.cause = error
    const destination = memory()
    nodeLogger({ level: 'warn', destination }).error(error, null)
    expect(destination.text().match(/"message":"round"/g)).toHaveLength(5)
  })
})

describe('scrub', () => {
  it.each([
    'at Object.<anonymous> (file:///app/packages/platforms/node/src/node-server.ts:12:34)',
    '01a20760-b347-7f89-88eb-725f27bbdd35',
    'The store is away',
  ])('leaves %s', (text) => {
    expect(scrub(text)).toBe(text)
  })
})

describe('lines to a file', () => {
  let directory: string
  let path: string
  let file: number

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'sallyport-lines-'))
    path = join(directory, 'log')
    file = openSync(path, 'w')
  })
  afterEach(() => {
    closeSync(file)
    rmSync(directory, { recursive: true })
  })
  const written = (): string => readFileSync(path, 'utf8')

  it('that may wait go out in front of one that may not, and at a flush', () => {
    const { write, writeNow, flush } = lineDestination(file)
    write('a\n')
    write('b\n')
    expect(written()).toBe('')
    writeNow('c\n')
    expect(written()).toBe('a\nb\nc\n')
    write('d\n')
    flush()
    flush()
    expect(written()).toBe('a\nb\nc\nd\n')
  })

  it('do not pile up', () => {
    const { write } = lineDestination(file)
    write('x'.repeat(20_000))
    expect(written()).toHaveLength(20_000)
  })

  it('that cannot be written are an error for who waits for them, and for nobody else', () => {
    const { write, writeNow, flush } = lineDestination(openSync(path, 'r'))
    write('a\n')
    expect(flush).not.toThrow()
    expect(() => writeNow('b\n')).toThrow('EBADF')
  })
})
