import { ConfigurationError, type Instant, type OneTimeTokenPurpose } from '@sallyport/core'
import type { AttributeValue, Item } from './dynamo-transport.ts'
import { nodeCrypto } from './node-modules.ts'
import { text } from './records.ts'

/** Which table, and under which names, so that the stores can live in a table that has other tenants. */
export interface TableOptions {
  readonly tableName: string
  /** The table's partition key, of type S; `pk` when left out. */
  readonly partitionKey?: string
  /** The table's sort key, of type S; `sk` when left out. */
  readonly sortKey?: string
  /** The attribute of the table's native expiry, in seconds; `ttl` when left out. Clean-up only: no decision is made by it. */
  readonly ttlAttribute?: string
  /** Partition key of the sparse index that lists users, and stands at users only; `listing` when left out. */
  readonly listingAttribute?: string
  /** That index; `sallyport-users` when left out. Nothing but the list of users is read from it. */
  readonly listingIndex?: string
  /** Stands before every partition key; nothing when left out. Two prefixes are two stores, unless one begins with the other. */
  readonly keyPrefix?: string
}

/** Where every record lies, and how expressions name its attributes. */
export interface Table {
  readonly options: Required<TableOptions>
  readonly keys: Keys
  /** Completes the constant part of a request: the table, and the name behind each `#word` of its expressions. */
  prepare<Parts extends ExpressionParts>(
    parts: Parts,
  ): Parts & { readonly TableName: string; readonly ExpressionAttributeNames: Record<string, string> }
  /** The key of a user that the index gave, and what follows `user#` in it. */
  listed(item: Item): { readonly key: Item; readonly part: string }
  /** The native expiry of an item that is over at `end`. */
  ttl(end: Instant): AttributeValue
}

interface Keys {
  user(userId: string): Item
  identity(identityHash: string): Item
  /** Floor and sessions of one user share a partition. */
  floor(userId: string): Item
  session(userId: string, sessionId: string): Item
  /** Of the partition of floor and sessions. */
  sessionsOf(userId: string): AttributeValue
  sessionSortKey(sessionId: string): AttributeValue
  oneTimeToken(userId: string, purpose: OneTimeTokenPurpose): Item
  counter(key: string, windowMs: number, window: number): Item
  signingKey(generation: number): Item
  signingKeys(): AttributeValue
  /** One of the partitions of the index of users. */
  listing(shard: number): AttributeValue
  listingOf(userId: string): AttributeValue
  /** Before the users whose key goes on beyond `part`. */
  listedAfter(part: string): AttributeValue
}

interface ExpressionParts {
  readonly UpdateExpression?: string
  readonly ConditionExpression?: string
  readonly KeyConditionExpression?: string
  readonly FilterExpression?: string
  readonly ProjectionExpression?: string
}

/** The attributes of our items; the names that can be chosen must be none of them. Text, which costs a start nothing: it is seldom asked. */
const ATTRIBUTES = `activeFrom algorithm attemptId authenticatedAt claims claimsVersion client closedUntil count counter createdAt credentialsVersion expiresAt floor generation hash
  identities identity idleExpiresAt kid payload publicJwk purpose retiredAt rotatedAt rotatedBy secretHash sessionId usedBy user userId version wrappedPrivateKey`

/** The list of users is spread, because all writes of one index partition share 1,000 units a second, and a full one would hold up registrations. */
export const LISTING_SHARDS = 4
/** Added to every native expiry, so that an instance whose clock is behind loses nothing that is still in force by its own clock. */
export const TTL_MARGIN_SECONDS = 3600
/** Keys may have 2,048 and 1,024 bytes; no id of ours comes near this. */
const LONGEST_PART = 512

/**
 * The layout of the table. Ids and keys that came from strangers are used as they are while they are of a length that fits, and hashed otherwise, so that any text
 * whatsoever is simply absent. Identity keys are always hashed: they are addresses, and keys show up in traces and contributor insights.
 *
 * @throws ConfigurationError (`configuration`) for names that coincide with one another or with attributes of the stores.
 */
export function table(given: TableOptions): Table {
  const options: Required<TableOptions> = {
    partitionKey: 'pk',
    sortKey: 'sk',
    ttlAttribute: 'ttl',
    listingAttribute: 'listing',
    listingIndex: 'sallyport-users',
    keyPrefix: '',
    ...given,
  }
  const names: Record<string, string> = {
    pk: options.partitionKey,
    sk: options.sortKey,
    ttl: options.ttlAttribute,
    listing: options.listingAttribute,
  }
  // The names that are taken unless others are given do not coincide.
  if (Object.keys(given).length > 1) checkNames(Object.values(names))
  const partition = (kind: string, part: string): AttributeValue => ({ S: `${options.keyPrefix}${kind}#${part}` })
  const at = (pk: AttributeValue, sk: string): Item => ({ [options.partitionKey]: pk, [options.sortKey]: { S: sk } })
  const sessionSortKey = (sessionId: string): string => `s#${keyPart(sessionId)}`
  const sessionsOf = (userId: string): AttributeValue => partition('sessions', keyPart(userId))
  const listing = (shard: number): AttributeValue => partition('users', String(shard))
  const users = `${options.keyPrefix}user#`

  return {
    options,
    keys: {
      user: (userId) => at(partition('user', keyPart(userId)), 'user'),
      identity: (hash) => at(partition('identity', hash), 'identity'),
      floor: (userId) => at(sessionsOf(userId), 'floor'),
      session: (userId, sessionId) => at(sessionsOf(userId), sessionSortKey(sessionId)),
      sessionsOf,
      sessionSortKey: (sessionId) => ({ S: sessionSortKey(sessionId) }),
      oneTimeToken: (userId, purpose) => at(partition('tokens', keyPart(userId)), purpose),
      // Length and number of the window are digits, so the key, whatever it contains, begins after the second separator.
      counter: (key, windowMs, window) => at(partition('count', `${windowMs}#${window}#${keyPart(key)}`), 'count'),
      // Of one length, so that they sort by number.
      signingKey: (generation) => at(partition('keys', ''), String(generation).padStart(16, '0')),
      signingKeys: () => partition('keys', ''),
      listing,
      listingOf: (userId) => listing((nodeCrypto.createHash('sha256').update(userId).digest()[0] ?? 0) % LISTING_SHARDS),
      listedAfter: (part) => partition('user', part),
    },
    prepare(parts) {
      const words = new Set(Object.values<string>({ ...(parts as ExpressionParts) }).flatMap((expression) => expression.match(/#\w+/g) ?? []))
      const ExpressionAttributeNames = Object.fromEntries([...words].map((word) => [word, names[word.slice(1)] ?? word.slice(1)]))
      return { ...parts, TableName: options.tableName, ExpressionAttributeNames }
    },
    listed(item) {
      const pk = text(item, options.partitionKey)
      return { key: at({ S: pk }, 'user'), part: pk.slice(users.length) }
    },
    ttl: (end) => ({ N: String(Math.ceil(end / 1000) + TTL_MARGIN_SECONDS) }),
  }
}

function checkNames(names: readonly string[]): void {
  const taken = ATTRIBUTES.split(/\s+/)
  if (new Set(names).size < names.length || names.some((name) => name === '' || taken.includes(name)))
    throw new ConfigurationError('The attribute names of the DynamoDB table coincide with one another or with those of the stored records.')
}

/** What stands in place of an identity's key. */
export function identityHash(key: string): string {
  return digest(key)
}

/** No two texts share a part: `~` begins hashes only. */
function keyPart(given: string): string {
  return !given.startsWith('~') && fitsKey(given) ? given : `~${digest(given)}`
}

export function fitsKey(part: string): boolean {
  return part.isWellFormed() && (part.length * 3 <= LONGEST_PART || Buffer.byteLength(part) <= LONGEST_PART)
}

/** UTF-8 writes all texts with lone surrogates alike, so those are hashed as they are in memory, and marked. */
function digest(given: string): string {
  if (given.isWellFormed()) return nodeCrypto.createHash('sha256').update(given).digest('base64url')
  return `${nodeCrypto.createHash('sha256').update(given, 'utf16le').digest('base64url')}~`
}
