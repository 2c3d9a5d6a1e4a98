import { CLOSED_FLOOR, HOUR } from '@sallyport/core'
import { describe, expect, it } from 'vitest'
import { newSession, newUser, NOW } from '../testing/samples.ts'
import type { Mutation, WireKey } from './datastore-client.ts'
import type { Stored, Write } from './entity.ts'
import { floorKey, type FloorRecord } from './keyspace.ts'
import { admission, raising } from './session-floor.ts'

const session = newSession(newUser('user'), 'session')
const plain: FloorRecord = { userId: session.userId, floor: 0, claimsVersion: 0, closedUntil: null }
const permit = { credentialsVersion: 1, claimsVersion: 1 }
const stored = (record: FloorRecord): Stored<FloorRecord> => ({ key: floorKey(session.userId), record, version: '7' })

/** What becomes of which entity, without the hashes of the key. */
function told(writes: readonly Write[]): readonly string[] {
  return writes.map((write) => {
    const mutation = write({ projectId: 'project', databaseId: '', namespaceId: '' })
    const [operation, { path }] = operationOf(mutation)
    const { kind, name } = path.at(-1)!
    const permitName = kind === 'SallyportSessionPermit' ? ` ${name}` : ''
    return `${operation} ${kind.replace('SallyportSession', '')}${permitName}${mutation.baseVersion === undefined ? '' : ' if it is the same'}`
  })
}

function operationOf(mutation: Mutation): [string, WireKey] {
  if ('delete' in mutation) return ['delete', mutation.delete]
  if ('insert' in mutation) return ['insert', mutation.insert.key]
  return 'update' in mutation ? ['update', mutation.update.key] : ['upsert', mutation.upsert.key]
}

describe('a sign-in', () => {
  it('leaves a permit with the floor that it has looked at', () => {
    expect(told(admission(session, null, NOW))).toEqual(['insert Floor', 'upsert Permit 1.1'])
  })

  it('takes a floor from before there were permits as one that has none', () => {
    expect(told(admission(session, stored(plain), NOW))).toEqual(['update Floor if it is the same', 'upsert Permit 1.1'])
  })

  it('asks for nothing but the permit that the floor names', () => {
    expect(told(admission(session, stored({ ...plain, permit }), NOW))).toEqual(['update Permit 1.1'])
  })

  it('puts its permit in the place of another', () => {
    const named = stored({ ...plain, permit: { ...permit, claimsVersion: 0 } })
    expect(told(admission(session, named, NOW))).toEqual(['update Floor if it is the same', 'upsert Permit 1.1', 'delete Permit 1.0'])
  })

  it.each([
    ['that an endAll cut short left behind', { ...session, credentialsVersion: 3 }, { ...plain, floor: 2 }],
    ['that is not the one of its version', session, { ...plain, floor: 1 }],
    ['that will be forgotten', { ...session, credentialsVersion: CLOSED_FLOOR }, { ...plain, floor: CLOSED_FLOOR, closedUntil: NOW + HOUR }],
  ])('leaves none with a floor %s', (_, newcomer, floor) => {
    expect(told(admission(newcomer, stored(floor), NOW))).toEqual(['update Floor if it is the same'])
  })

  it('leaves one with a floor that was closed and is forgotten', () => {
    const forgotten = stored({ ...plain, floor: CLOSED_FLOOR, closedUntil: NOW })
    expect(told(admission(session, forgotten, NOW))).toEqual(['update Floor if it is the same', 'upsert Permit 1.1'])
  })
})

describe('a raised floor', () => {
  const raised = { userId: session.userId, floor: 0, claimsVersion: 0, now: NOW }
  const named = stored({ ...plain, claimsVersion: 1, permit })

  it.each([
    ['a newer password', { ...raised, floor: 2 }],
    ['a deletion', { ...raised, floor: CLOSED_FLOOR }],
  ])('takes the permit back for %s', (_, to) => {
    expect(told(raising(named, to))).toEqual(['update Floor if it is the same', 'delete Permit 1.1'])
  })

  it('lets the permit follow newer claims, and stays the same for older ones', () => {
    expect(told(raising(named, { ...raised, claimsVersion: 4 }))).toEqual([
      'update Floor if it is the same',
      'upsert Permit 1.4',
      'delete Permit 1.1',
    ])
    expect(told(raising(named, { ...raised, claimsVersion: 1 }))).toEqual([])
  })

  it('keeps a permit of claims that are as new', () => {
    const ahead = stored({ ...plain, permit: { ...permit, claimsVersion: 4 } })
    expect(told(raising(ahead, { ...raised, claimsVersion: 4 }))).toEqual(['update Floor if it is the same'])
  })

  it('has no permit where there was none', () => {
    expect(told(raising(null, raised))).toEqual(['insert Floor'])
    expect(told(raising(stored(plain), { ...raised, claimsVersion: 2 }))).toEqual(['update Floor if it is the same'])
  })
})
