import { systemClock, systemRandom } from '@sallyport/core'
import { ContainerModule } from 'inversify'
import { CLOCK, RANDOM } from '../tokens.ts'

export function systemModule(): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(CLOCK).toConstantValue(systemClock)
    bind(RANDOM).toConstantValue(systemRandom)
  })
}
