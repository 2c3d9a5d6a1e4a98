import type { ViteUserConfig } from 'vitest/config'
import base, { ENGINE_TESTS } from './vitest.config.ts'

/** The suites of the distributed stores. Two at a time: their faults are judged by real deadlines, which a crowded machine misses. */
const config: ViteUserConfig = {
  ...base,
  test: { ...base.test, include: ENGINE_TESTS, exclude: ['**/node_modules/**', '**/dist/**'], maxWorkers: 2 },
}

export default config
