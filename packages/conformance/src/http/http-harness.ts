import { StoreUnavailableError, type StrategyName } from '@sallyport/core'
import { defaultLimits, httpApplication, type HttpHandler, type HttpSettings } from '@sallyport/http'
import { openDomainTrial, type DomainHarness } from '../domain/domain-trial.ts'
import type { OpenTrial } from '../run-clauses.ts'
import type { TestClock } from '../test-clock.ts'
import { apiContract, type ApiContract } from './api-contract.ts'
import type { FrontChanges } from './front-changes.ts'
import type { SendRequest } from './kit-message.ts'
import { assertSound } from './sound-response.ts'
import { witness } from './witness.ts'

/** The platform under test, with the application behind it. */
export interface MountedApplication {
  /** Sends through everything the platform has: its events, its sockets, its header rules. */
  readonly send: SendRequest
  close(): Promise<void>
}

export interface HttpHarness {
  /** Stores and token parts under the application. */
  readonly domain: DomainHarness
  /** Puts the handler behind the platform. */
  mount(handle: HttpHandler): Promise<MountedApplication>
  /** What the front is documented to change; nothing when left out. */
  readonly changes?: FrontChanges
  /** How long one scenario may take; 20,000 when left out. */
  readonly deadlineMs?: number
}

export const PUBLIC_URL = 'https://auth.example.test'
export const PARTNER_ORIGIN = 'https://app.example.test'
export const FOREIGN_ORIGIN = 'https://evil.example'

const SETTINGS: HttpSettings = {
  prefix: '/auth',
  publicUrl: PUBLIC_URL,
  allowedOrigins: [PARTNER_ORIGIN],
  transports: ['bearer', 'cookie'],
  defaultTransport: 'bearer',
  limits: defaultLimits,
  signingAlgorithms: ['ES256'],
  version: '0.1.0',
}

/** What a scenario works on: an application at `PUBLIC_URL`, which lets pages of `PARTNER_ORIGIN` call it. Every answer that passes is what the application gave, and is held to the API's own description and to what must be true of all answers. */
export interface HttpTrial {
  readonly strategy: StrategyName
  readonly clock: TestClock
  readonly send: SendRequest
  readonly contract: ApiContract
  breakStores(broken: boolean): void
}

export async function openHttpTrial(harness: HttpHarness, strategy: StrategyName): Promise<OpenTrial<HttpTrial>> {
  const opened = await openDomainTrial(harness.domain, strategy)
  const { clock, script, here } = opened.trial
  const app = httpApplication({ authentication: here.auth, settings: SETTINGS })
  const contract = apiContract(JSON.stringify(await app.openApi()))
  const witnessed = witness(app.handle, harness.changes ?? {})
  const mounted = await harness.mount(witnessed.handle)
  const sendWitnessed = witnessed.send(mounted.send)
  const send: SendRequest = async (request) => {
    const response = await sendWitnessed(request)
    assertSound(request, response)
    contract.assertDescribed(request, response)
    return response
  }
  const trial: HttpTrial = {
    strategy,
    clock,
    send,
    contract,
    breakStores: (broken) => script.failAll(broken ? new StoreUnavailableError('planted') : null),
  }
  return {
    trial,
    close: async () => {
      await mounted.close()
      await opened.close()
    },
  }
}
