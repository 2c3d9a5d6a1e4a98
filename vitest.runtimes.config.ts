import type { ViteUserConfig } from 'vitest/config'
import base from './vitest.config.ts'

/**
 * The apps in the runtimes of their clouds: emulators and servers that are installed on demand and take seconds to start. One file at a time, because each fills both cores.
 */
const config: ViteUserConfig = {
  ...base,
  test: {
    ...base.test,
    include: ['apps/*/runtime/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 240_000,
  },
}

export default config
