import { claimsOf, passwordIdentityKey, type Session, type Stores, type User } from '@sallyport/core'
import { sqliteStores, type SqliteStores } from '../src/sqlite-stores.ts'
import type { ToParent, ToWorker } from './process-stores.ts'

// A process of its own on the database file. Run by `processStores`.

const instant = 1_800_000_000_000
const user = (id: string): User => ({
  id,
  email: `${id}@example.org`,
  emailVerified: false,
  name: null,
  roles: [],
  status: 'active',
  attributes: {},
  version: 1,
  credentialsVersion: 1,
  createdAt: instant,
  updatedAt: instant,
})
const session = (owner: User): Session => ({
  id: `session-of-${owner.id}`,
  userId: owner.id,
  secretHash: null,
  counter: 0,
  rotatedAt: instant,
  createdAt: instant,
  authenticatedAt: instant,
  idleExpiresAt: instant + 1000,
  expiresAt: instant + 1000,
  credentialsVersion: 1,
  claims: claimsOf(owner),
  client: { userAgent: null, network: null },
})

/** Registers, changes the password, signs in and out; tells every write once it was acknowledged. Every third user is signed out again. */
async function write(stores: Stores, name: string, users: number, acknowledged: (write: string) => void): Promise<void> {
  for (let index = 0; index < users; index++) {
    const created = user(`${name}-${index}`)
    const identity = { key: passwordIdentityKey(created.email), userId: created.id, passwordHash: 'first', createdAt: instant }
    await stores.users.create(created, identity)
    acknowledged(`created ${created.id}`)
    await stores.users.replace({ user: { ...created, version: 2 }, identity: { ...identity, passwordHash: 'second' }, attemptId: created.id })
    acknowledged(`changed ${created.id}`)
    await stores.sessions.create(session(created))
    acknowledged(`signed-in ${created.id}`)
    await stores.counters.count([{ key: 'shared', windowMs: 3_600_000 }])
    acknowledged(`counted ${created.id}`)
    if (index % 3 === 0) {
      await stores.sessions.end({ userId: created.id, sessionId: session(created).id, secretHash: null })
      acknowledged(`signed-out ${created.id}`)
    }
  }
}

function send(message: ToParent): void {
  process.send?.(message)
}

let opened: SqliteStores | undefined

async function handle(message: ToWorker): Promise<unknown> {
  if (message.do === 'open') {
    opened = sqliteStores({ path: message.path, clock: { now: () => message.now } })
    return null
  }
  if (opened === undefined) throw new Error('not open')
  if (message.do === 'write') return write(opened, message.name, message.users, (acknowledged) => send({ acknowledged }))
  const port = opened[message.port as 'users'] as unknown as Record<string, (...values: readonly unknown[]) => Promise<unknown>>
  return port[message.method]?.(...message.values)
}

process.on('message', (message: ToWorker) => {
  handle(message).then(
    (result) => send({ id: message.id, result: result ?? null }),
    (error: unknown) => send({ id: message.id, failure: String(error) }),
  )
})
send({ acknowledged: 'ready' })
