import { CLOSED_FLOOR, passwordIdentityKey } from '@sallyport/core'
import { afterEach, describe, expect, it } from 'vitest'
import { freshName, onDynamodbLocal } from '../testing/dynamodb-local.ts'
import { createdTable, itemsUnder } from '../testing/harness.ts'
import { processStores, type ProcessStores } from '../testing/process-stores.ts'
import { identity, rotation, session, signingKey, token, user } from '../testing/samples.ts'

await onDynamodbLocal(async (local) => {
  await createdTable(local)
  let processes: ProcessStores[] = []

  afterEach(async () => {
    await Promise.all(processes.map((each) => each.kill()))
    processes = []
  })

  /** One process over each transport, and so many calls at once, dealt to them in turn. */
  async function race<Answer>(
    keyPrefix: string,
    count: number,
    call: (stores: ProcessStores, index: number) => Promise<Answer>,
  ): Promise<readonly Answer[]> {
    if (processes.length === 0) {
      processes = await Promise.all((['SDK', 'lean'] as const).map((transport) => processStores(local.endpoint, keyPrefix, transport)))
    }
    return Promise.all(Array.from({ length: count }, (_, index) => call(processes[index % 2]!, index)))
  }

  function tally(outcomes: readonly unknown[]): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const outcome of outcomes) counts[String(outcome)] = (counts[String(outcome)] ?? 0) + 1
    return counts
  }

  describe('two processes on one table', { timeout: 60_000 }, () => {
    it('make one user of fifty registrations, one key of eight, and leave nothing of the losers', async () => {
      const keyPrefix = `${freshName()}/`
      const created = await race(keyPrefix, 50, ({ users }, index) =>
        users.create({ ...user, id: `user-${index}` }, { ...identity, userId: `user-${index}`, passwordHash: `hash-${index}` }),
      )
      expect(tally(created)).toEqual({ created: 1, 'identity-taken': 49 })
      expect(await itemsUnder(local, keyPrefix)).toHaveLength(2)
      expect((await processes[0]!.users.findByIdentity(identity.key))?.user.id).toBe(`user-${created.indexOf('created')}`)

      const inserted = await race(keyPrefix, 8, ({ keys }, index) => keys.insert({ ...signingKey, kid: `kid-${index}` }))
      expect(tally(inserted)).toEqual({ inserted: 1, exists: 7 })
      expect((await processes[1]!.keys.list()).map(({ kid }) => kid)).toEqual([`kid-${inserted.indexOf('inserted')}`])
    })

    it('rotate once of twenty refreshes, give a one-time token to one of sixteen, and count to forty', async () => {
      const keyPrefix = `${freshName()}/`
      await race(keyPrefix, 1, ({ sessions }) => sessions.create(session))
      const rotations = await race(keyPrefix, 20, ({ sessions }) => sessions.rotate(rotation))
      expect(tally(rotations.map(({ outcome }) => outcome))).toEqual({ rotated: 1, repeated: 19 })
      expect(new Set(rotations.map((each) => JSON.stringify('session' in each && each.session))).size).toBe(1)

      await processes[0]!.oneTimeTokens.issue(token)
      const consumed = await race(keyPrefix, 16, ({ oneTimeTokens }, index) => oneTimeTokens.consume({ ...token, attemptId: `attempt-${index}` }))
      expect(consumed.filter((each) => each !== null)).toEqual([token])

      const counts = await race(keyPrefix, 40, ({ counters }) => counters.count([{ key: 'k', windowMs: 60_000 }]))
      expect(counts.map(([first]) => first?.count).toSorted((a, b) => a! - b!)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
    })

    it('end 60 sessions while some are still being made', async () => {
      const keyPrefix = `${freshName()}/`
      await race(keyPrefix, 40, ({ sessions }, index) => sessions.create({ ...session, id: `session-${index}` }))
      const outcomes = await race(keyPrefix, 21, async ({ sessions }, index) =>
        index === 10
          ? sessions.endAll({ userId: user.id, floor: 2, except: null })
          : (await sessions.create({ ...session, id: `late-${index}` })).outcome,
      )
      expect(outcomes.filter((outcome) => typeof outcome === 'string' && !['created', 'credentials-outdated'].includes(outcome))).toEqual([])
      expect((await processes[1]!.sessions.list({ userId: user.id, limit: 100, cursor: null })).sessions).toEqual([])
    })

    it('leave nothing of a deleted user with 60 sessions, whoever signs in or refreshes meanwhile', async () => {
      const keyPrefix = `${freshName()}/`
      await race(keyPrefix, 1, ({ users }) => users.create(user, identity))
      await race(keyPrefix, 60, ({ sessions }, index) => sessions.create({ ...session, id: `session-${index}` }))
      const outcomes = await race<unknown>(keyPrefix, 13, async ({ sessions }, index) => {
        if (index === 6) return sessions.endAll({ userId: user.id, floor: CLOSED_FLOOR, except: null })
        const { outcome } =
          index % 2 === 0
            ? await sessions.create({ ...session, id: `late-${index}` })
            : await sessions.rotate({ ...rotation, sessionId: `session-${index}`, graceMs: 0 })
        return outcome
      })
      expect(outcomes[6]).toBeGreaterThanOrEqual(60)
      expect(await processes[0]!.users.delete(user.id)).toBe(true)
      // All but the floor, which is there for a day so that no sign-in under way gets in.
      expect(await itemsUnder(local, keyPrefix)).toHaveLength(1)
      expect((await processes[1]!.sessions.create({ ...session, id: 'later' })).outcome).toBe('credentials-outdated')
    })

    it('give an address that was moved from to exactly one of those who want it', async () => {
      const keyPrefix = `${freshName()}/`
      await race(keyPrefix, 1, ({ users }) => users.create(user, identity))
      const changed = { ...user, version: 2, email: 'ada@example.net' }
      const to = { ...identity, key: passwordIdentityKey(changed.email) }
      const outcomes = await race(keyPrefix, 17, async ({ users }, index) => {
        if (index === 8) return users.moveIdentity({ user: changed, from: identity.key, to, attemptId: 'move' })
        for (let tries = 0; ; tries++) {
          const outcome = await users.create({ ...user, id: `heir-${index}` }, { ...identity, userId: `heir-${index}` })
          if (outcome === 'created' || tries === 20) return outcome
        }
      })
      expect(tally(outcomes)).toEqual({ replaced: 1, created: 1, 'identity-taken': 15 })
      expect((await processes[0]!.users.findByIdentity(identity.key))?.user.id).toBe(`heir-${outcomes.indexOf('created')}`)
      expect((await processes[1]!.users.findByIdentity(to.key))?.user).toEqual(changed)
      expect(await itemsUnder(local, keyPrefix)).toHaveLength(4)
    })
  })
})
