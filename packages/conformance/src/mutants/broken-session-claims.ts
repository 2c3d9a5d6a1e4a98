import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Claims, Session, UserId } from '@sallyport/core'
import { allOf } from './all-of.ts'
import { dawn, overriding, type StoreMutant } from './store-mutant.ts'

/** Listing, following the user's changes, and copies. */
export const brokenSessionClaims: readonly StoreMutant[] = [
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
    fault: "keeps and hands out the caller's own object",
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
    fallsOver: true,
    plant: ({ stores }) =>
      overriding(stores, 'sessions', {
        async find(userId, sessionId) {
          if (sessionId.length > 512) throw new RangeError('key too long')
          return stores.sessions.find(userId, sessionId)
        },
      }),
  },
]
