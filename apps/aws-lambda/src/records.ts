import { recordAudit, systemClock, type RecordAudit } from '@sallyport/core'
import { functionLogger, type FunctionLogger } from '@sallyport/logging'
import type { GuardConfig } from './config.ts'

export interface Records {
  readonly audit: RecordAudit
  readonly error: FunctionLogger['error']
}

/** What a guard writes down. Most of its starts never do, so that the authorizer's bundles read this module when the first line is written. */
export function records({ logLevel, auditFailure }: Pick<GuardConfig['settings'], 'logLevel' | 'auditFailure'>): Records {
  const log = functionLogger({ level: logLevel })
  return { audit: recordAudit({ log: log.audit, clock: systemClock, onFailure: auditFailure }), error: log.error }
}
