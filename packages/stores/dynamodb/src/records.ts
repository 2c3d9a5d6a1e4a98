import type { Attributes, Claims, Client, Identity, OneTimeToken, PublicJwk, Session, SignatureAlgorithm, SigningKey, User } from '@sallyport/core'
import type { AttributeValue, Item } from './dynamo-transport.ts'
import { corruptItem } from './errors.ts'

// What is compared or changed by itself has an attribute of its own. The rest is JSON text, which keeps every number and every key (`__proto__`) as it was, where
// DynamoDB's own maps and numbers would not. `null` is an attribute that is not there.

export function s(value: string): AttributeValue {
  return { S: value }
}

export function n(value: number): AttributeValue {
  return { N: String(value) }
}

function json(value: unknown): AttributeValue {
  return { S: JSON.stringify(value) }
}

function optional(name: string, value: string | null): Item {
  return value === null ? {} : { [name]: s(value) }
}

export function text(item: Item, name: string): string {
  const value = item[name]
  if (value === undefined || !('S' in value)) throw corruptItem(name)
  return value.S
}

export function textOrNull(item: Item, name: string): string | null {
  return item[name] === undefined ? null : text(item, name)
}

export function number(item: Item, name: string): number {
  const value = item[name]
  if (value === undefined || !('N' in value)) throw corruptItem(name)
  return Number(value.N)
}

export function numberOrNull(item: Item, name: string): number | null {
  return item[name] === undefined ? null : number(item, name)
}

export function map(item: Item, name: string): Item {
  const value = item[name]
  if (value === undefined || !('M' in value)) throw corruptItem(name)
  return value.M
}

/** The object that was stored as JSON text. The parser's own error is left out: it quotes the text. */
function object(item: Item, name: string): object {
  let value: unknown
  try {
    value = JSON.parse(text(item, name))
  } catch {
    throw corruptItem(name)
  }
  if (typeof value !== 'object' || value === null) throw corruptItem(name)
  return value
}

export function userValue(user: User): AttributeValue {
  const { id, email, emailVerified, name, roles, status, attributes, version, credentialsVersion, createdAt, updatedAt } = user
  return json({ id, email, emailVerified, name, roles, status, attributes, version, credentialsVersion, createdAt, updatedAt } satisfies User)
}

export function userOf(item: Item): User {
  return object(item, 'user') as User
}

export function identityValue({ key, userId, passwordHash, createdAt }: Identity): AttributeValue {
  return json({ key, userId, passwordHash, createdAt } satisfies Identity)
}

export function identityOf(item: Item, name = 'identity'): Identity {
  return object(item, name) as Identity
}

export function claimsValue({ version, email, emailVerified, name, roles, attributes }: Claims): AttributeValue {
  return json({ version, email, emailVerified, name, roles, attributes: attributes satisfies Attributes } satisfies Claims)
}

export function sessionAttributes(session: Session): Item {
  const { counter, rotatedAt, createdAt, authenticatedAt, idleExpiresAt, expiresAt, credentialsVersion, claims, client } = session
  return {
    userId: s(session.userId),
    sessionId: s(session.id),
    ...optional('secretHash', session.secretHash),
    counter: n(counter),
    rotatedAt: n(rotatedAt),
    createdAt: n(createdAt),
    authenticatedAt: n(authenticatedAt),
    idleExpiresAt: n(idleExpiresAt),
    expiresAt: n(expiresAt),
    credentialsVersion: n(credentialsVersion),
    claimsVersion: n(claims.version),
    claims: claimsValue(claims),
    client: json({ userAgent: client.userAgent, network: client.network } satisfies Client),
  }
}

export function sessionOf(item: Item): Session {
  return {
    id: text(item, 'sessionId'),
    userId: text(item, 'userId'),
    secretHash: textOrNull(item, 'secretHash'),
    counter: number(item, 'counter'),
    rotatedAt: number(item, 'rotatedAt'),
    createdAt: number(item, 'createdAt'),
    authenticatedAt: number(item, 'authenticatedAt'),
    idleExpiresAt: number(item, 'idleExpiresAt'),
    expiresAt: number(item, 'expiresAt'),
    credentialsVersion: number(item, 'credentialsVersion'),
    claims: object(item, 'claims') as Claims,
    client: object(item, 'client') as Client,
  }
}

export function oneTimeTokenAttributes({ userId, purpose, hash, payload, createdAt, expiresAt }: OneTimeToken): Item {
  return { userId: s(userId), purpose: s(purpose), hash: s(hash), ...optional('payload', payload), createdAt: n(createdAt), expiresAt: n(expiresAt) }
}

export function oneTimeTokenOf(item: Item): OneTimeToken {
  return {
    userId: text(item, 'userId'),
    purpose: text(item, 'purpose') as OneTimeToken['purpose'],
    hash: text(item, 'hash'),
    payload: textOrNull(item, 'payload'),
    createdAt: number(item, 'createdAt'),
    expiresAt: number(item, 'expiresAt'),
  }
}

export function signingKeyAttributes(key: SigningKey): Item {
  return {
    generation: n(key.generation),
    kid: s(key.kid),
    algorithm: s(key.algorithm),
    publicJwk: json(key.publicJwk),
    ...optional('wrappedPrivateKey', key.wrappedPrivateKey),
    createdAt: n(key.createdAt),
    activeFrom: n(key.activeFrom),
    ...(key.retiredAt === null ? {} : { retiredAt: n(key.retiredAt) }),
  }
}

export function signingKeyOf(item: Item): SigningKey {
  return {
    generation: number(item, 'generation'),
    kid: text(item, 'kid'),
    algorithm: text(item, 'algorithm') as SignatureAlgorithm,
    publicJwk: object(item, 'publicJwk') as PublicJwk,
    wrappedPrivateKey: textOrNull(item, 'wrappedPrivateKey'),
    createdAt: number(item, 'createdAt'),
    activeFrom: number(item, 'activeFrom'),
    retiredAt: numberOrNull(item, 'retiredAt'),
  }
}
