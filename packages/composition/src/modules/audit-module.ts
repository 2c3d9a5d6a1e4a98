import { recordAudit } from '@sallyport/core'
import { ContainerModule } from 'inversify'
import { AUDIT_LOG, CLOCK, RECORD_AUDIT, SETTINGS } from '../tokens.ts'

export function auditModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(RECORD_AUDIT).toResolvedValue(
      (log, clock, { auditFailure }) => recordAudit({ log, clock, onFailure: auditFailure }),
      [AUDIT_LOG, CLOCK, SETTINGS],
    )
  })
}
