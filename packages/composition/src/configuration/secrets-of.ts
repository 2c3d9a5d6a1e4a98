import type { Settings } from './settings.ts'

/** Every configured secret, those of before included: what must never be seen in a log. */
export function secretsOf(settings: Settings): readonly string[] {
  return [
    settings.refreshSecret,
    settings.keyEncryptionSecret,
    settings.passwordPepper,
    ...settings.refreshSecretsPrevious,
    ...settings.keyEncryptionSecretsPrevious,
    ...settings.passwordPeppersPrevious,
  ]
}
