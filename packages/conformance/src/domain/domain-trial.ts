import {
  authentication,
  jwtStrategy,
  keyRing,
  recentChanges,
  recordAudit,
  revocationBoundSeconds,
  sessionStrategy,
  systemRandom,
  type AuditEvent,
  type AuditLog,
  type Authentication,
  type Clock,
  type CredentialStrategy,
  type KeyRing,
  type KeyRingSettings,
  type KeyWrapper,
  type Lifetimes,
  type PasswordHasher,
  type StrategyName,
  type Stores,
  type TokenSigner,
  type TokenVerifier,
} from '@sallyport/core'
import type { OpenTrial } from '../run-clauses.ts'
import type { OpenStores, StoreHarness } from '../stores/store-harness.ts'
import { TestClock } from '../test-clock.ts'
import { plainHasher, type PlainHasher } from './plain-hasher.ts'
import { storeScript, type StoreScript } from './store-script.ts'

export const ISSUER = 'https://auth.example.test'
export const LIFETIMES: Lifetimes = { idleSeconds: 3600, absoluteSeconds: 3 * 3600, accessTokenSeconds: 300, refreshGraceSeconds: 10 }
export const KEY_SETTINGS: KeyRingSettings = {
  algorithm: 'ES256',
  rotationSeconds: 90 * 86400,
  publishLeadSeconds: 3600,
  refreshSeconds: 300,
  maxStaleSeconds: 3600,
  tokenLifeSeconds: LIFETIMES.accessTokenSeconds + 5,
}

/** What the domain needs beside stores: how tokens are made and checked. */
export interface TokenParts {
  readonly signer: TokenSigner
  readonly wrapper: KeyWrapper
  verifier(options: { readonly clock: Clock; readonly issuer: string; readonly audience: string }): TokenVerifier
}

export interface DomainHarness {
  readonly stores: StoreHarness
  readonly tokens: TokenParts
}

/** Where a mutant may put something broken. Each gets the right part and returns what is used instead. */
export interface Sabotage {
  readonly stores?: (stores: Stores, clock: Clock) => Stores
  readonly strategy?: (strategy: CredentialStrategy, stores: Stores, clock: Clock) => CredentialStrategy
  readonly hasher?: (hasher: PasswordHasher) => PasswordHasher
  readonly verifier?: (verifier: TokenVerifier) => TokenVerifier
  readonly authentication?: (authentication: Authentication) => Authentication
  readonly recent?: (sessions: Stores['sessions']) => Stores['sessions']
}

/** One running instance: what a process or a warm function is. */
export interface Instance {
  readonly auth: Authentication
  readonly strategy: CredentialStrategy
  /** `null` in the session strategy. */
  readonly keys: KeyRing | null
}

/** What a domain clause works on: two instances over the same data, each by a handle of its own where the harness has one, and what happens in between. */
export interface DomainTrial {
  readonly strategy: StrategyName
  readonly clock: TestClock
  readonly here: Instance
  readonly elsewhere: Instance
  /** A third instance and more, as after a cold start. */
  start(): Promise<Instance>
  /** Past the script: for planting and looking. */
  readonly stores: Stores
  readonly script: StoreScript
  readonly hasher: PlainHasher
  readonly events: readonly AuditEvent[]
  /** The audit log fails from now on, until `null`; by which policy is `here` and `elsewhere` alike. */
  failAudit(error: Error | null): void
  /** An instance that blocks when the audit log fails. */
  startBlocking(): Promise<Instance>
}

export async function openDomainTrial(
  harness: DomainHarness,
  strategy: StrategyName,
  sabotage: Sabotage = {},
  clock: TestClock = new TestClock(),
): Promise<OpenTrial<DomainTrial>> {
  const opened = await harness.stores.open({ clock })
  const close = (): Promise<void> => opened.close()
  const sabotaged = (stores: OpenStores['stores']): Stores => sabotage.stores?.({ ...stores, close }, clock) ?? { ...stores, close }
  const raw = sabotaged(opened.stores)
  const { script, direct } = storeScript()
  const stores = direct(raw)
  const second = opened.second === undefined ? stores : direct(sabotaged(await opened.second()))
  const hasher = plainHasher()
  const events: AuditEvent[] = []
  let auditFailure: Error | null = null
  const log: AuditLog = {
    record: async (event) => {
      if (auditFailure !== null) throw auditFailure
      events.push(event)
    },
  }
  const parts: InstanceParts = { stores, strategy, clock, log, tokens: harness.tokens, hasher, sabotage }
  const trial: DomainTrial = {
    strategy,
    clock,
    here: await startInstance(parts, 'continue'),
    elsewhere: await startInstance({ ...parts, stores: second }, 'continue'),
    start: () => startInstance(parts, 'continue'),
    startBlocking: () => startInstance(parts, 'block'),
    stores: raw,
    script,
    hasher,
    events,
    failAudit: (error) => {
      auditFailure = error
    },
  }
  script.forget()
  return { trial, close }
}

interface InstanceParts {
  readonly stores: Stores
  readonly strategy: StrategyName
  readonly clock: TestClock
  readonly log: AuditLog
  readonly tokens: TokenParts
  readonly hasher: PlainHasher
  readonly sabotage: Sabotage
}

async function startInstance(parts: InstanceParts, onFailure: 'block' | 'continue'): Promise<Instance> {
  const { clock, tokens, sabotage } = parts
  const audit = recordAudit({ log: parts.log, clock, onFailure })
  const recent = recentChanges({ clock, tokenLifeSeconds: LIFETIMES.accessTokenSeconds })
  const isJwt = parts.strategy === 'jwt'
  const watched = isJwt ? (sabotage.recent ?? recent.watch)(parts.stores.sessions) : parts.stores.sessions
  const stores: Stores = { ...parts.stores, sessions: watched }
  const verifier = tokens.verifier({ clock, issuer: ISSUER, audience: ISSUER })
  const checked = sabotage.verifier?.(verifier) ?? verifier
  const keys = isJwt
    ? keyRing({ store: stores.keys, wrapper: tokens.wrapper, signer: tokens.signer, verifier: checked, clock, audit, settings: KEY_SETTINGS })
    : null
  await keys?.load()
  const common = {
    sessions: stores.sessions,
    clock,
    random: systemRandom,
    lifetimes: LIFETIMES,
    roleScopes: { '*': ['profile'], admin: ['users:write'], reader: ['users', 'users:write:own'] },
  }
  const right =
    keys === null
      ? sessionStrategy(common)
      : jwtStrategy({
          ...common,
          recent,
          keys,
          signer: tokens.signer,
          verifier: checked,
          refreshSecrets: ['the refresh secret of the conformance kit'],
          issuer: ISSUER,
          audience: ISSUER,
          clientId: 'conformance',
          profileInToken: true,
        })
  const strategy = sabotage.strategy?.(right, stores, clock) ?? right
  const auth = authentication({
    stores,
    strategy,
    keys,
    hasher: sabotage.hasher?.(parts.hasher) ?? parts.hasher,
    commonPasswords: { includes: (password) => password === 'passwordpassword' },
    clock,
    random: systemRandom,
    audit,
    settings: {
      lifetimes: LIFETIMES,
      passwordMinimum: 15,
      contextWords: ['sallyport'],
      revocationBoundSeconds: revocationBoundSeconds({
        strategy: parts.strategy,
        accessTokenSeconds: LIFETIMES.accessTokenSeconds,
        authorizerTtlSeconds: 0,
        sessionCacheSeconds: 0,
        maximumSeconds: 900,
      }),
    },
  })
  return { auth: sabotage.authentication?.(auth) ?? auth, strategy, keys }
}
