import { recordAudit, systemClock, type RecordAudit } from '@sallyport/core'
import { functionLogger, type FunctionLogger } from '@sallyport/logging'
import type { GuardConfig } from './config.ts'
import { redisSecrets } from './redis-secrets.ts'

export interface Records {
  readonly audit: RecordAudit
  readonly error: FunctionLogger['error']
}

/** What a guard writes down. Most of its starts never do, so that the authorizer's bundles read this module when the first line is written. */
export function records({ settings, redisUrl }: Pick<GuardConfig, 'settings' | 'redisUrl'>): Records {
  const { logLevel, auditFailure } = settings
  const log = functionLogger({ level: logLevel, secrets: redisSecrets(redisUrl) })
  return { audit: recordAudit({ log: log.audit, clock: systemClock, onFailure: auditFailure }), error: log.error }
}
