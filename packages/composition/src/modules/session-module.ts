import { sessionStrategy } from '@sallyport/core'
import { ContainerModule } from 'inversify'
import { CLOCK, KEY_RING, LIFETIMES, RANDOM, SESSIONS, SETTINGS, STORES, STRATEGY } from '../tokens.ts'

/** Opaque tokens, one read a check; no keys. */
export function sessionModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(SESSIONS).toResolvedValue((stores) => stores.sessions, [STORES])
    bind(KEY_RING).toConstantValue(null)
    bind(STRATEGY).toResolvedValue(
      (sessions, clock, random, lifetimes, { roleScopes }) => sessionStrategy({ sessions, clock, random, lifetimes, roleScopes }),
      [SESSIONS, CLOCK, RANDOM, LIFETIMES, SETTINGS],
    )
  })
}
