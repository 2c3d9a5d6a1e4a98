import { claimsOf, CLOSED_FLOOR, CLOSED_FLOOR_KEPT_MS, HOUR, MINUTE } from '@sallyport/core'
import { expect, it } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { createdTable, itemsUnder } from '../testing/harness.ts'
import { identity, NOW, session, signingKey, token, user } from '../testing/samples.ts'
import { TABLE_NAME, TRANSPORTS } from '../testing/transports.ts'
import { dynamodbStores } from './dynamodb-stores.ts'
import type { Item } from './dynamo-transport.ts'
import { number, text } from './records.ts'
import { TTL_MARGIN_SECONDS } from './table.ts'

await onDynamodbLocal(async (local) => {
  await createdTable(local)

  /** Native expiry by what each item is. The emulator never deletes by it; DynamoDB does, within days. */
  const ttls = (items: readonly Item[]): Record<string, number | undefined> =>
    Object.fromEntries(
      items.map((item) => [
        `${text(item, 'pk').split(/[/#]/)[1]} ${text(item, 'sk').split('#')[0]}`,
        item['ttl'] === undefined ? undefined : number(item, 'ttl'),
      ]),
    )
  const after = (instant: number): number => Math.ceil(instant / 1000) + TTL_MARGIN_SECONDS

  it('whatever expires leaves the table by itself, in seconds and not before it is over; nothing else does', async () => {
    const keyPrefix = `${freshName()}/`
    const stores = dynamodbStores({
      transport: TRANSPORTS.lean(local.endpoint),
      table: { tableName: TABLE_NAME, keyPrefix },
      clock: { now: () => NOW },
    })
    await stores.users.create(user, identity)
    await stores.sessions.create({ ...session, idleExpiresAt: NOW + 9 * HOUR, expiresAt: NOW + HOUR + 1 })
    await stores.sessions.endAll({ userId: user.id, floor: 1, except: session.id })
    await stores.sessions.rewriteClaims(user.id, { ...claimsOf(user), version: 2 })
    await stores.oneTimeTokens.issue(token)
    await stores.counters.count([{ key: 'k', windowMs: MINUTE }])
    await stores.keys.insert(signingKey)
    expect(ttls(await itemsUnder(local, keyPrefix))).toEqual({
      'user user': undefined,
      'identity identity': undefined,
      'sessions s': after(NOW + HOUR + 1),
      'sessions floor': undefined,
      'tokens reset-password': after(token.expiresAt),
      'count count': after(Math.floor(NOW / MINUTE) * MINUTE + MINUTE),
      'keys 0000000000000001': undefined,
    })

    const idleExpiresAt = NOW + 2 * HOUR
    await stores.sessions.prolong({ userId: user.id, sessionId: session.id, secretHash: 'secret-hash', idleExpiresAt })
    expect(ttls(await itemsUnder(local, keyPrefix))['sessions s']).toBe(after(idleExpiresAt))
    await stores.sessions.rotate({ userId: user.id, sessionId: session.id, counter: 0, graceMs: 0, idleExpiresAt: idleExpiresAt + 5000 })
    expect(ttls(await itemsUnder(local, keyPrefix))['sessions s']).toBe(after(idleExpiresAt + 5000))

    await stores.sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
    expect(ttls(await itemsUnder(local, keyPrefix))['sessions floor']).toBe(after(NOW + CLOSED_FLOOR_KEPT_MS))
    await stores.close()
  })

  it('items that expired 1 s and 47 h ago and are still there are over, also for a user id that comes back', async () => {
    const clock = { time: NOW, now: () => clock.time }
    const table = { tableName: TABLE_NAME, keyPrefix: `${freshName()}/` }
    const { users, sessions, oneTimeTokens, counters, close } = dynamodbStores({ transport: TRANSPORTS.lean(local.endpoint), table, clock })
    const key = { userId: user.id, sessionId: session.id }
    await users.create(user, identity)
    for (const ago of [1000, 47 * HOUR]) {
      await sessions.create({
        ...session,
        createdAt: clock.time,
        idleExpiresAt: clock.time + HOUR,
        expiresAt: clock.time + HOUR,
        id: `session-${ago}`,
      })
      await oneTimeTokens.issue({ ...token, hash: `hash-${ago}`, expiresAt: clock.time + HOUR })
      await counters.count([{ key: 'k', windowMs: HOUR }])
      clock.time += HOUR + ago
      const sessionId = `session-${ago}`
      expect(await sessions.find(user.id, sessionId)).toBeNull()
      expect(await sessions.rotate({ ...key, sessionId, counter: 0, graceMs: 0, idleExpiresAt: clock.time + HOUR })).toEqual({ outcome: 'absent' })
      expect(await sessions.prolong({ ...key, sessionId, secretHash: 'secret-hash', idleExpiresAt: clock.time + HOUR })).toBeNull()
      expect(await sessions.end({ ...key, sessionId, secretHash: null })).toBe(false)
      expect(await sessions.list({ userId: user.id, limit: 10, cursor: null })).toEqual({ sessions: [], cursor: null })
      expect(await oneTimeTokens.consume({ ...token, hash: `hash-${ago}`, attemptId: 'a' })).toBeNull()
      expect((await counters.count([{ key: 'k', windowMs: HOUR }]))[0]?.count).toBe(1)
    }
    // A closed floor is kept for a day; its item, for as long as DynamoDB likes.
    await sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
    clock.time += CLOSED_FLOOR_KEPT_MS - 1
    const late = { ...session, idleExpiresAt: clock.time + HOUR, expiresAt: clock.time + HOUR }
    expect(await sessions.create(late)).toEqual({ outcome: 'credentials-outdated' })
    clock.time += 1
    expect(await sessions.create(late)).toEqual({ outcome: 'created', floor: 0 })
    await sessions.endAll({ userId: user.id, floor: 4, except: null })
    expect(await sessions.create({ ...late, credentialsVersion: 3 })).toEqual({ outcome: 'credentials-outdated' })
    await sessions.rewriteClaims(user.id, { ...claimsOf(user), version: 7 })
    expect(await sessions.create({ ...late, id: 'other', credentialsVersion: 4 })).toEqual({ outcome: 'claims-outdated' })
    await close()
  })
})
