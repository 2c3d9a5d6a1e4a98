import type { Clock, Random } from '@sallyport/core'
import { ContainerModule } from 'inversify'
import type { AdapterParts, Adapters } from '../adapters.ts'
import type { Settings } from '../configuration/settings.ts'
import {
  AUDIT_LOG,
  CLOCK,
  COMMON_PASSWORDS,
  KEY_WRAPPER,
  PASSWORD_HASHER,
  PUBLIC_URL,
  RANDOM,
  REPORT_ERROR,
  SETTINGS,
  STORES,
  TOKEN_SIGNER,
  TOKEN_VERIFIER,
} from '../tokens.ts'

/** The app's choices under their tokens; a missing or wrong one does not compile. */
export function adaptersModule(adapters: Adapters): ContainerModule {
  /** For a factory that wants its parts by name. */
  const from =
    <T>(factory: (parts: AdapterParts) => T) =>
    (settings: Settings, clock: Clock, random: Random): T =>
      factory({ settings, clock, random })

  return new ContainerModule(({ bind }) => {
    bind(STORES).toResolvedValue(from(adapters.stores), [SETTINGS, CLOCK, RANDOM])
    bind(TOKEN_SIGNER).toResolvedValue(from(adapters.tokenSigner), [SETTINGS, CLOCK, RANDOM])
    bind(TOKEN_VERIFIER).toResolvedValue(
      (settings: Settings, clock: Clock, random: Random, { publicUrl }) => adapters.tokenVerifier({ settings, clock, random, issuer: publicUrl }),
      [SETTINGS, CLOCK, RANDOM, PUBLIC_URL],
    )
    bind(KEY_WRAPPER).toResolvedValue(from(adapters.keyWrapper), [SETTINGS, CLOCK, RANDOM])
    bind(PASSWORD_HASHER).toResolvedValue(from(adapters.passwordHasher), [SETTINGS, CLOCK, RANDOM])
    bind(COMMON_PASSWORDS).toResolvedValue(from(adapters.commonPasswords), [SETTINGS, CLOCK, RANDOM])
    bind(AUDIT_LOG).toResolvedValue(from(adapters.auditLog), [SETTINGS, CLOCK, RANDOM])
    bind(REPORT_ERROR).toConstantValue(adapters.reportError)
  })
}
