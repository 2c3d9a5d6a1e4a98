import type { MakeChecker } from './guard-composition.ts'

/** The checker of the configured strategy; what the other one needs is not even loaded. */
export const chosenChecker: MakeChecker = async (config, onError) =>
  config.settings.strategy === 'session'
    ? (await import('./session-checker.ts')).sessionChecker(config)
    : (await import('./key-set-checker.ts')).keySetChecker(config, onError)
