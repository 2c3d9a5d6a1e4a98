import { describe, expect, it } from 'vitest'
import { failureOf, isNoScript, NotSent, replyCode } from './errors.ts'

/** As redis-errors defines it, which takes the name from the class: `ReplyError`, or what a minifier made of it. */
class Renamed extends Error {
  override get name(): string {
    return this.constructor.name
  }
}

describe('an error that Redis answered', () => {
  it.each([
    ['NOSCRIPT No matching script. Please use EVAL.', 'NOSCRIPT', 'refused'],
    ['LOADING Redis is loading the dataset in memory', 'LOADING', 'passing'],
    ['MOVED 3999 127.0.0.1:6381', 'MOVED', 'passing'],
    ["OOM command not allowed when used memory > 'maxmemory'.", 'OOM', 'refused'],
    ['ERR Error running script: OOM command not allowed', 'OOM', 'refused'],
    ['WRONGTYPE Operation against a key', 'WRONGTYPE', 'refused'],
  ])('is known by its text in a minified bundle: %s', (message, code, failure) => {
    const error = new Renamed(message)
    expect([error.name, replyCode(error), failureOf(error), isNoScript(error)]).toEqual(['Renamed', code, failure, code === 'NOSCRIPT'])
  })

  it('is known by its name where it has one, whatever its text', () => {
    expect(replyCode(Object.assign(new Error('no such thing'), { name: 'ReplyError' }))).toBe('ERR')
  })
})

describe('any other error', () => {
  it.each([
    new Error('Connection is closed.'),
    new Error("Stream isn't writeable and enableOfflineQueue options is false"),
    new Error('connect ETIMEDOUT'),
    new Error(''),
    Object.assign(new Error('ECONNRESET'), { code: 'ECONNRESET' }),
    Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' }),
    'NOSCRIPT thrown as a text',
  ])('leaves open whether the command was done: %s', (error) => {
    expect([replyCode(error), failureOf(error)]).toEqual([null, 'lost'])
  })

  it('that kept the command here does not', () => {
    expect(failureOf(new NotSent())).toBe('passing')
  })
})
