import { setImmediate as nextTurn } from 'node:timers/promises'
import { CLOSED_FLOOR, type Claims, type Session, type Stores, type UserId } from '@sallyport/core'
import { beside, dawn, overriding, type StoreMutant } from './store-mutant.ts'

/** Ending, listing, and following the user's changes. */
export const brokenSessionEnds: readonly StoreMutant[] = [
  {
    name: 'end ignores the secret',
    fault: 'signs out whoever\'s public id is named',
    killedBy: ['S18'],
    plant: ({ stores }) => overriding(stores, 'sessions', { end: (key) => stores.sessions.end({ ...key, secretHash: null }) }),
  },
  {
    name: 'end is always true',
    fault: 'reports that the command ran, not that it ended something',
    killedBy: ['S19'],
    plant: ({ stores }) => overriding(stores, 'sessions', { end: async (key) => (await stores.sessions.end(key)) || true }),
  },
  {
    name: 'end answers before it holds',
    fault: 'does not await the write',
    killedBy: ['S18', 'S19'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async end(key) {
          const session = await stores.sessions.find(key.userId, key.sessionId)
          if (session === null || (key.secretHash !== null && key.secretHash !== session.secretHash)) return false
          void nextTurn().then(() => stores.sessions.end(key))
          return true
        },
      }),
  },
  {
    name: 'endAll forgets the floor',
    fault: 'ends what it finds and leaves the door open for sign-ins under way',
    killedBy: ['S2', 'S7', 'S20', 'S24'],
    plant: ({ stores }) => overriding(stores, 'sessions', { endAll: ({ userId, except }) => endEach(stores, userId, except) }),
  },
  {
    name: 'endAll lowers the floor',
    fault: 'sets the floor where it should raise it',
    killedBy: ['S20'],
    plant({ stores }) {
      const floors = new Map<UserId, number>()
      return overriding(stores, 'sessions', {
        async endAll({ userId, floor, except }) {
          floors.set(userId, floor)
          return endEach(stores, userId, except)
        },
        async create(session) {
          const floor = floors.get(session.userId) ?? 0
          if (floor > session.credentialsVersion) return { outcome: 'credentials-outdated' }
          const outcome = await stores.sessions.create(session)
          return outcome.outcome === 'created' ? { ...outcome, floor } : outcome
        },
      })
    },
  },
  {
    name: 'endAll ends the excepted session',
    fault: 'deletes by user and forgets the condition',
    killedBy: ['S21', 'S22'],
    plant: ({ stores }) => overriding(stores, 'sessions', { endAll: (key) => stores.sessions.endAll({ ...key, except: null }) }),
  },
  {
    name: 'endAll counts nothing',
    fault: 'answers 0 whatever it ended',
    killedBy: ['S21'],
    plant: ({ stores }) => overriding(stores, 'sessions', { endAll: async (key) => (await stores.sessions.endAll(key)) * 0 }),
  },
  {
    name: 'endAll stops after 25',
    fault: 'sends one batch and does not look for more',
    killedBy: ['S22'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async endAll(key) {
          const survivors = (await allOf(stores, key.userId)).filter(({ id }) => id !== key.except).slice(25)
          const ended = await stores.sessions.endAll(key)
          for (const session of survivors) await stores.sessions.create({ ...session, credentialsVersion: key.floor })
          return ended - survivors.length
        },
      }),
  },
  {
    name: 'endAll by prefix',
    fault: 'deletes every key that begins with the user id',
    killedBy: ['S23'],
    plant({ stores }) {
      const users = new Set<UserId>()
      return overriding(stores, 'sessions', {
        async create(session) {
          users.add(session.userId)
          return stores.sessions.create(session)
        },
        async endAll(key) {
          let ended = 0
          for (const userId of new Set([key.userId, ...users])) if (userId.startsWith(key.userId)) ended += await stores.sessions.endAll({ ...key, userId })
          return ended
        },
      })
    },
  },
  {
    name: 'the closed floor is forgotten too early',
    fault: 'rounds its time down to the second before',
    killedBy: ['S24'],
    plant: ({ stores, clock, handle }) => overriding(stores, 'sessions', { endAll: handle(beside(clock, -1000)).sessions.endAll }),
  },
  {
    name: 'the closed floor is kept for ever',
    fault: 'treats it as any other floor',
    killedBy: ['S24'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', { endAll: (key) => stores.sessions.endAll({ ...key, floor: Math.min(key.floor, CLOSED_FLOOR - 1) }) }),
  },
  {
    name: 'session list repeats a row',
    fault: 'starts the next page at the cursor instead of after it',
    killedBy: ['S25'],
    plant({ stores }) {
      const lastBefore = new Map<string, Session>()
      return overriding(stores, 'sessions', {
        async list({ userId, limit, cursor }) {
          const last = cursor === null ? undefined : lastBefore.get(cursor)
          const page = await stores.sessions.list({ userId, limit: last === undefined ? limit : limit - 1, cursor })
          const sessions = last === undefined ? page.sessions : [last, ...page.sessions]
          if (page.cursor !== null) lastBefore.set(page.cursor, sessions.at(-1)!)
          return { ...page, sessions }
        },
      })
    },
  },
  {
    name: 'session list shows the dead',
    fault: 'trusts that an expired row is gone',
    killedBy: ['S5', 'S25'],
    plant: ({ stores, handle }) => overriding(stores, 'sessions', { list: handle(dawn).sessions.list }),
  },
  {
    name: 'session list loses a row between pages',
    fault: 'counts an offset while sessions end',
    killedBy: ['S25'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async list({ userId, limit, cursor }) {
          const all = await allOf(stores, userId)
          const from = Number(cursor ?? 0)
          return { sessions: all.slice(from, from + limit), cursor: from + limit < all.length ? String(from + limit) : null }
        },
      }),
  },
  {
    name: 'the cursor names the user',
    fault: 'reads the user from the cursor that a client sent',
    killedBy: ['E9'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async list(page) {
          const [owner, cursor] = page.cursor?.split(' ') ?? []
          const next = await stores.sessions.list({ ...page, userId: owner ?? page.userId, cursor: cursor ?? null })
          return { ...next, cursor: next.cursor === null ? null : `${owner ?? page.userId} ${next.cursor}` }
        },
      }),
  },
  {
    name: 'rewriteClaims stops after 25',
    fault: 'writes one page and does not look for more',
    killedBy: ['S26'],
    plant({ stores }) {
      const stale = new Map<string, Claims>()
      return overriding(stores, 'sessions', {
        async rewriteClaims(userId, claims) {
          for (const session of (await allOf(stores, userId)).slice(25)) stale.set(session.id, session.claims)
          await stores.sessions.rewriteClaims(userId, claims)
        },
        async find(userId, sessionId) {
          const session = await stores.sessions.find(userId, sessionId)
          return session === null ? null : { ...session, claims: stale.get(sessionId) ?? session.claims }
        },
      })
    },
  },
  {
    name: 'older claims overwrite newer ones',
    fault: 'writes whatever comes last',
    killedBy: ['S27'],
    plant({ stores }) {
      const last = new Map<UserId, Claims>()
      return overriding(stores, 'sessions', {
        async rewriteClaims(userId, claims) {
          last.set(userId, claims)
          await stores.sessions.rewriteClaims(userId, claims)
        },
        async find(userId, sessionId) {
          const session = await stores.sessions.find(userId, sessionId)
          return session === null ? null : { ...session, claims: last.get(userId) ?? session.claims }
        },
      })
    },
  },
  {
    name: 'rewriteClaims leaves no mark without sessions',
    fault: 'rewrites what is there and forgets who is about to come',
    killedBy: ['S3'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rewriteClaims(userId, claims) {
          if ((await allOf(stores, userId)).length > 0) await stores.sessions.rewriteClaims(userId, claims)
        },
      }),
  },
  {
    name: 'rewriteClaims writes whole sessions back',
    fault: 'reads every session, awaits, and puts the rows with other claims',
    killedBy: ['S28'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async rewriteClaims(userId, claims) {
          const read = await allOf(stores, userId)
          await nextTurn()
          await stores.sessions.rewriteClaims(userId, claims)
          for (const session of read) {
            await stores.sessions.end({ userId, sessionId: session.id, secretHash: null })
            await stores.sessions.create({ ...session, claims: session.claims.version < claims.version ? claims : session.claims })
          }
        },
      }),
  },
  {
    name: 'sessions are shared references',
    fault: 'keeps and hands out the caller\'s own object',
    killedBy: ['E8'],
    plant({ stores }) {
      const given = new Map<string, Session>()
      return overriding(stores, 'sessions', {
        async create(session) {
          given.set(session.id, session)
          return stores.sessions.create(session)
        },
        async find(userId, sessionId) {
          const session = await stores.sessions.find(userId, sessionId)
          return session === null ? null : (given.get(sessionId) ?? session)
        },
      })
    },
  },
  {
    name: 'a long session id breaks the read',
    fault: 'hands ids from tokens to an engine that refuses long keys',
    killedBy: ['E10'],
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async find(userId, sessionId) {
          if (sessionId.length > 512) throw new RangeError('key too long')
          return stores.sessions.find(userId, sessionId)
        },
      }),
  },
]

async function allOf(stores: Stores, userId: UserId): Promise<Session[]> {
  const sessions: Session[] = []
  for (let cursor: string | null = null; ; ) {
    const page = await stores.sessions.list({ userId, limit: 100, cursor })
    sessions.push(...page.sessions)
    cursor = page.cursor
    if (cursor === null) return sessions
  }
}

async function endEach(stores: Stores, userId: UserId, except: string | null): Promise<number> {
  let ended = 0
  for (const { id } of await allOf(stores, userId)) {
    if (id !== except && (await stores.sessions.end({ userId, sessionId: id, secretHash: null }))) ended += 1
  }
  return ended
}
