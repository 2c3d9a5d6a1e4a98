import { availableParallelism } from 'node:os'
import { defineConfig, type ViteUserConfig } from 'vitest/config'
import { skippedReporter } from './tools/integration/skipped-reporter.ts'

const conditions = ['sallyport-source', 'node', 'import', 'default']

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'apps/*/runtime/**'],
    // Most of the time is waiting for deadlines and engines.
    maxWorkers: 2 * availableParallelism(),
    globalSetup: ['tools/integration/engine-broker.ts'],
    retry: 0,
    isolate: true,
    // For tests that say themselves that they may run at once: nearly all of what these do is waiting for deadlines.
    maxConcurrency: 50,
    // A slow machine is no failure: tests that hash or start processes take seconds on two busy cores.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // One mark per test, every failure in full, what was skipped and why, and the counts at the end.
    reporters: [skippedReporter, 'dot'],
  },
})

export default config
