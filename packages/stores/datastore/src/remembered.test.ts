import { describe, expect, it } from 'vitest'
import { newSession, newUser, NOW } from '../testing/samples.ts'
import type { Mutation } from './datastore-client.ts'
import { insert, put, remove, update } from './entity.ts'
import { counterKey, floorKey, sessionKey, type FloorRecord } from './keyspace.ts'
import { newcomers } from './newcomers.ts'
import { remembered, type Remembered } from './remembered.ts'

const partition = { projectId: 'project', databaseId: '', namespaceId: '' }
const session = newSession(newUser('user'), 'session')
const key = sessionKey(session.userId, session.id)
const counter = (index: number) => counterKey(`key-${index}`, 1000, NOW)

function written(memory: Remembered, mutations: readonly Mutation[], versions: readonly unknown[]): void {
  memory.committing(mutations)
  memory.committed(mutations, versions)
}

describe('what an instance remembers', () => {
  it('is what it wrote, at the version that the commit told', () => {
    const memory = remembered()
    const floor: FloorRecord = { userId: session.userId, floor: 0, claimsVersion: 0, closedUntil: null }
    written(memory, [put(floorKey(session.userId), floor)(partition), insert(key, { session, attemptId: null })(partition)], ['7', 8])
    expect(memory.recall(key)).toEqual({ key, record: { session, attemptId: null }, version: '8' })
    // Floors are not worth it.
    expect(memory.recall(floorKey(session.userId))).toBeNull()
  })

  it('is nothing from when a commit begins until it has landed, nor after an end, nor without a version', () => {
    const memory = remembered()
    const stored = { key, record: { session, attemptId: null }, version: '8' }
    const [change, end] = [update(stored, stored.record)(partition), remove(stored)(partition)]
    written(memory, [change], ['8'])
    memory.committing([change])
    expect(memory.recall(key)).toBeNull()
    memory.committed([change], ['9'])
    expect(memory.recall(key)?.version).toBe('9')
    written(memory, [end], ['10'])
    expect(memory.recall(key)).toBeNull()
    for (const versions of [[], [null], [undefined]]) {
      written(memory, [change], versions)
      expect(memory.recall(key)).toBeNull()
    }
  })

  it('is what it read, or no more when there was nothing', () => {
    const memory = remembered()
    memory.looked(key, { entity: { properties: { record: { stringValue: JSON.stringify({ session, attemptId: 'a' }) } } }, version: 3 })
    expect(memory.recall(key)).toEqual({ key, record: { session, attemptId: 'a' }, version: '3' })
    expect(memory.recall(key)?.record.session).not.toBe(memory.recall(key)?.record.session)
    memory.looked(key, null)
    expect(memory.recall(key)).toBeNull()
  })

  it('is the last thousand of a kind', () => {
    const memory = remembered()
    written(memory, [insert(key, { session, attemptId: null })(partition)], ['1'])
    for (let index = 0; index < 1000; index++) {
      written(memory, [put(counter(index), { key: `key-${index}`, count: 1, resetsAt: NOW })(partition)], ['1'])
    }
    written(memory, [put(counter(0), { key: 'key-0', count: 2, resetsAt: NOW })(partition)], ['2'])
    written(memory, [put(counter(1000), { key: 'key-1000', count: 1, resetsAt: NOW })(partition)], ['1'])
    expect([0, 1, 2, 1000].map((index) => memory.recall(counter(index))?.record.count ?? null)).toEqual([2, null, 1, 1])
    expect(memory.recall(key)).not.toBeNull()
  })
})

describe('newcomers', () => {
  it('are taken once', () => {
    const users = newcomers()
    users.add('one')
    expect([users.take('one'), users.take('one'), users.take('other')]).toEqual([true, false, false])
  })

  it('are the last thousand', () => {
    const users = newcomers()
    for (let index = 0; index <= 1000; index++) users.add(`user-${index}`)
    expect([0, 1, 1000].map((index) => users.take(`user-${index}`))).toEqual([false, true, true])
  })
})
