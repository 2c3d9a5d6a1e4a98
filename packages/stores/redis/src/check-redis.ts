import { ConfigurationError } from '@sallyport/core'
import { redisConnection, type Connection } from './connection.ts'
import { replyCode } from './errors.ts'
import type { RedisClient } from './redis-client.ts'

/**
 * - `version`: older than 6.2, which lacks commands the stores use.
 * - `cluster`: a cluster behind a client for a single server, which would fail for most keys.
 * - `replica`: it takes no writes.
 * - `eviction`: when memory is full it drops rows, revocations and floors among them, instead of refusing writes.
 * - `no-persistence`: a restart loses everything. `snapshots-only`: it loses what came after the last snapshot. `late-fsync`: a crash of the machine loses the last second or more.
 * - `failover-loss`: there are replicas, and the primary acknowledges writes without any of them: a failover loses an unbounded number.
 * - `unverified`: the server does not let this user look (`CONFIG` is closed on many managed services); its operator has to.
 */
export type RedisFindingCode =
  'version' | 'cluster' | 'replica' | 'eviction' | 'no-persistence' | 'snapshots-only' | 'late-fsync' | 'failover-loss' | 'unverified'

export interface RedisFinding {
  readonly code: RedisFindingCode
  /** `refuse`: do not serve from this Redis. */
  readonly severity: 'refuse' | 'warn'
  /** What is the matter and what to set. */
  readonly message: string
}

export interface CheckRedisOptions {
  /** `nodes` is that of `Cluster`: then each master is checked. */
  readonly client: RedisClient & { nodes?(role: 'master'): readonly RedisClient[] }
  /** What eviction means: `refuse` when left out. `warn` is for a Redis that holds nothing but counters. */
  readonly eviction?: 'refuse' | 'warn'
  /** What `no-persistence` means: `refuse` when left out. `warn` where everybody may be signed out by a restart and no users are stored. */
  readonly persistence?: 'refuse' | 'warn'
}

interface Facts {
  /** The fields of `INFO`. */
  readonly info: ReadonlyMap<string, string>
  /** `null`: this user may not ask. */
  readonly save: string | null
  readonly appendfsync: string | null
  readonly minReplicas: string | null
}

const OLDEST = [6, 2] as const
const DEADLINE_MS = 5000

/**
 * Looks whether this Redis keeps what the stores promise; empty when all is well. Each code at most once, also for many nodes. Throws `StoreUnavailableError` when
 * a node does not answer, and `ConfigurationError` when it does not let this user in.
 */
export async function checkRedis(options: CheckRedisOptions): Promise<readonly RedisFinding[]> {
  const { client } = options
  const isCluster = client.nodes !== undefined
  // A cluster knows its nodes once it is connected, which the first command does.
  if (isCluster) await connectionOf(client).command('PING', [])
  const nodes = client.nodes?.('master') ?? [client]
  const facts = await Promise.all(nodes.map((node) => factsOf(connectionOf(node))))
  const found = new Map<RedisFindingCode, RedisFinding>()
  for (const each of facts) for (const finding of findingsOf(each, isCluster, options)) found.set(finding.code, finding)
  return [...found.values()]
}

/** {@link checkRedis} for a start-up: answers the warnings, for the log. Throws `ConfigurationError` (`configuration`) when there is a reason to refuse. */
export async function demandSoundRedis(options: CheckRedisOptions): Promise<readonly RedisFinding[]> {
  const findings = await checkRedis(options)
  const refusals = findings.filter(({ severity }) => severity === 'refuse').map(({ message }) => message)
  if (refusals.length > 0) throw new ConfigurationError(refusals.join(' '))
  return findings
}

function connectionOf(client: RedisClient): Connection {
  return redisConnection({ client, deadlineMs: DEADLINE_MS, maxPending: 100 })
}

async function factsOf(connection: Connection): Promise<Facts> {
  const info = await text(connection, 'INFO', [])
  if (info === null) throw new ConfigurationError('Redis does not let this user in: check its password and its rights.')
  const [save, appendfsync, minReplicas] = await Promise.all(
    ['save', 'appendfsync', 'min-replicas-to-write'].map((name) => text(connection, 'CONFIG', ['GET', name])),
  )
  const fields = info.split('\r\n').filter((line) => line.includes(':'))
  return {
    info: new Map(fields.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)])),
    save: save ?? null,
    appendfsync: appendfsync ?? null,
    minReplicas: minReplicas ?? null,
  }
}

/** The text, or the value of the one pair, that Redis answers; `null` when it refuses to. */
async function text(connection: Connection, command: string, args: readonly string[]): Promise<string | null> {
  try {
    const reply = await connection.command(command, args)
    if (typeof reply === 'string') return reply
    return Array.isArray(reply) && typeof reply[1] === 'string' ? reply[1] : null
  } catch (error) {
    if (error instanceof Error && replyCode(error.cause) !== null) return null
    throw error
  }
}

function findingsOf(facts: Facts, isCluster: boolean, { eviction = 'refuse', persistence = 'refuse' }: CheckRedisOptions): RedisFinding[] {
  const findings: RedisFinding[] = []
  const add = (code: RedisFindingCode, severity: 'refuse' | 'warn', message: string): void => void findings.push({ code, severity, message })
  const field = (name: string): string => facts.info.get(name) ?? ''

  const version = field('redis_version')
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1]))
    add('version', 'refuse', `Redis ${version} is too old: ${OLDEST.join('.')} or newer is needed.`)
  if (field('redis_mode') === 'cluster' && !isCluster)
    add('cluster', 'refuse', 'This Redis is part of a cluster: pass a Cluster, not a Redis, as client.')
  if (field('role') === 'slave')
    add('replica', 'refuse', 'This Redis is a replica and takes no writes: connect to the primary, through Sentinel or its own name.')
  const policy = field('maxmemory_policy')
  if (policy !== 'noeviction') {
    add(
      'eviction',
      eviction,
      `Redis drops rows when its memory is full (maxmemory-policy ${policy || 'unknown'}), ended sessions come back by it: set noeviction.`,
    )
  }
  for (const [code, severity, message] of persistenceOf(facts, field('aof_enabled') === '1', persistence)) add(code, severity, message)
  if (Number(field('connected_slaves')) > 0 && facts.minReplicas === '0') {
    add(
      'failover-loss',
      'warn',
      'The primary acknowledges writes that no replica has, and a failover loses them: set min-replicas-to-write 1 and min-replicas-max-lag.',
    )
  }
  return findings
}

function* persistenceOf(facts: Facts, appendOnly: boolean, severity: 'refuse' | 'warn'): Generator<[RedisFindingCode, 'refuse' | 'warn', string]> {
  if ([facts.save, facts.appendfsync, facts.minReplicas].includes(null)) {
    yield [
      'unverified',
      'warn',
      'Redis does not show its configuration to this user: see to it that appendonly, appendfsync and min-replicas-to-write are set.',
    ]
  }
  if (appendOnly && facts.appendfsync !== null && facts.appendfsync !== 'always') {
    yield [
      'late-fsync',
      'warn',
      `When its machine fails Redis loses the writes it has not synced yet (appendfsync ${facts.appendfsync}): set always.`,
    ]
  }
  if (appendOnly || facts.save === null) return
  if (facts.save === '')
    yield ['no-persistence', severity, 'Redis writes nothing to disk, and a restart loses users, sessions and keys: set appendonly yes.']
  else
    yield [
      'snapshots-only',
      'warn',
      'Redis loses what came after its last snapshot, the ends of sessions among it, when it restarts: set appendonly yes.',
    ]
}
