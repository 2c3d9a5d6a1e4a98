import { sessionChecker as checkerOf, strictCheck, systemClock, type SessionStore, type TokenChecker } from '@sallyport/core'
import { dynamodbSessions } from '@sallyport/store-dynamodb'
import type { GuardConfig } from './config.ts'
import { dynamodbTransport } from './dynamodb.ts'

/** One strongly consistent read of the session for each check. */
export async function sessionChecker(config: GuardConfig): Promise<TokenChecker> {
  return checkerOf({ sessions: await sessionsOf(config), clock: systemClock, roleScopes: config.settings.roleScopes })
}

/** For strict rules over tokens that are good by themselves: one read of the session that the token belongs to. */
export async function sessionsCheck(config: GuardConfig, check: TokenChecker['check']): Promise<NonNullable<TokenChecker['checkStrictly']>> {
  return strictCheck({ check, sessions: await sessionsOf(config), clock: systemClock, roleScopes: config.settings.roleScopes })
}

async function sessionsOf(config: GuardConfig): Promise<Pick<SessionStore, 'find'>> {
  const { tableName, redisUrl } = config
  if (redisUrl !== null) return (await import('./redis-sessions.ts')).redisSessions(redisUrl, systemClock).sessions
  return dynamodbSessions({ transport: await dynamodbTransport(config), table: { tableName }, clock: systemClock })
}
