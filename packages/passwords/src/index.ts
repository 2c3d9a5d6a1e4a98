export { DEFAULT_ARGON2, type Argon2Parameters } from './argon2id.ts'
export { DEFAULT_BCRYPT_COST } from './bcrypt.ts'
export { commonPasswords, commonPasswordsFrom } from './common-passwords.ts'
export type { GateStatistics } from './gate.ts'
export {
  passwordHasher,
  type GatedPasswordHasher,
  type PasswordAlgorithm,
  type PasswordHasherOptions,
  type UnreadableReason,
} from './password-hasher.ts'
