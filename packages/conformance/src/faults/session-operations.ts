import { HOUR, type Session, type Stores } from '@sallyport/core'
import { newSession } from '../stores/samples.ts'
import { wholeOrNothing, type FaultOperation, type Subject } from './fault-operation.ts'

const find = (stores: Stores, { id, userId }: Session): Promise<Session | null> => stores.sessions.find(userId, id)
const signIn = async ({ sessions }: Stores, { session }: Subject): Promise<string> => (await sessions.create(session)).outcome
const signInTwice = async (stores: Stores, subject: Subject): Promise<void> => {
  for (const session of [subject.session, subject.otherSession]) await stores.sessions.create(session)
}

export const sessionOperations: readonly FaultOperation[] = [
  {
    name: 'sessions.create',
    given: async () => {},
    run: signIn,
    answer: 'created',
    afterLoss: [],
    state: async (plain, { session }) =>
      wholeOrNothing({
        session: (await find(plain, session)) !== null,
        'one row': (await plain.sessions.list({ userId: session.userId, limit: 100, cursor: null })).sessions.length === 1,
      }),
    inPages: false,
  },
  {
    name: 'sessions.rotate',
    given: signIn,
    async run({ sessions }, { rotation }) {
      const rotated = await sessions.rotate(rotation)
      return 'session' in rotated ? `${rotated.outcome} to ${rotated.session.counter}` : rotated.outcome
    },
    answer: 'rotated to 1',
    afterLoss: ['repeated to 1'],
    async state(plain, { session }) {
      const counter = (await find(plain, session))?.counter
      return counter === 1 ? 'done' : counter === 0 ? 'undone' : `half: counter ${counter}`
    },
    inPages: false,
  },
  {
    name: 'sessions.prolong',
    given: signIn,
    run: async ({ sessions }, { session, at }) =>
      String(
        (await sessions.prolong({ userId: session.userId, sessionId: session.id, secretHash: session.secretHash!, idleExpiresAt: at + 2 * HOUR }))
          ?.idleExpiresAt ===
          at + 2 * HOUR,
      ),
    answer: 'true',
    afterLoss: [],
    state: async (plain, { session, at }) => wholeOrNothing({ prolonged: (await find(plain, session))?.idleExpiresAt === at + 2 * HOUR }),
    inPages: false,
  },
  {
    name: 'sessions.end',
    given: signIn,
    run: async ({ sessions }, { session }) => String(await sessions.end({ userId: session.userId, sessionId: session.id, secretHash: null })),
    answer: 'true',
    afterLoss: ['false'],
    state: async (plain, { session }) => wholeOrNothing({ ended: (await find(plain, session)) === null }),
    inPages: false,
  },
  {
    name: 'sessions.endAll',
    given: signInTwice,
    run: async ({ sessions }, { user }) => String(await sessions.endAll({ userId: user.id, floor: 2, except: null })),
    answer: '2',
    // How many the lost try ended nobody knows.
    afterLoss: ['0', '1'],
    async state(plain, { user, session, otherSession, at }) {
      const ended = wholeOrNothing({ one: (await find(plain, session)) === null, other: (await find(plain, otherSession)) === null })
      if (ended !== 'done') return ended
      const late = await plain.sessions.create(newSession({ now: () => at }, user))
      return late.outcome === 'credentials-outdated' ? 'done' : 'half: ended below no floor'
    },
    inPages: true,
  },
  {
    name: 'sessions.rewriteClaims',
    given: signInTwice,
    async run({ sessions }, { user, session }) {
      await sessions.rewriteClaims(user.id, { ...session.claims, version: 2, roles: [] })
      return 'rewritten'
    },
    answer: 'rewritten',
    afterLoss: [],
    state: async (plain, { session, otherSession }) =>
      wholeOrNothing({
        one: (await find(plain, session))?.claims.roles.length === 0,
        other: (await find(plain, otherSession))?.claims.roles.length === 0,
      }),
    inPages: true,
  },
]
