import type { Adapters } from '@sallyport/composition'
import { commonPasswords, passwordHasher } from '@sallyport/passwords'
import { aesKeyWrapper, tokenSigner, tokenVerifier } from '@sallyport/tokens'

/** What is left for an app to choose: where its data is, and where its log lines go. */
export type StandardAdapters = Omit<Adapters, 'stores' | 'auditLog' | 'reportError'>

export interface StandardAdaptersOptions {
  /** Told of stored hashes that nobody can judge. */
  readonly onError: (error: unknown, requestId: null) => void
}

/** Tokens by jose and the fast verifier, passwords by argon2id or bcrypt, keys sealed by AES, all in this process and as the settings say: what every app takes. */
export function standardAdapters({ onError }: StandardAdaptersOptions): StandardAdapters {
  return {
    tokenSigner: () => tokenSigner(),
    tokenVerifier: ({ settings, clock, issuer }) =>
      tokenVerifier({ clock, issuer, audience: settings.audience, cache: { maxEntries: 10_000, maxAgeSeconds: settings.accessTokenSeconds } }),
    keyWrapper: ({ settings, random }) =>
      aesKeyWrapper({ secret: settings.keyEncryptionSecret, previousSecrets: settings.keyEncryptionSecretsPrevious, random }),
    passwordHasher: ({ settings, clock, random }) =>
      passwordHasher({
        algorithm: settings.passwordHash,
        pepper: Buffer.from(settings.passwordPepper),
        previousPeppers: settings.passwordPeppersPrevious.map((pepper) => Buffer.from(pepper)),
        bcryptCost: settings.bcryptCost,
        // To its owner it looks like a wrong password; only the operator can see that a pepper is missing.
        onUnreadable: (reason) => onError(new Error(`A stored password hash cannot be judged: ${reason}`), null),
        clock,
        random,
      }),
    commonPasswords: () => commonPasswords(),
  }
}
