import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['sallyport-source', 'node', 'import', 'default']

/** What talks to Redis, DynamoDB Local or Google's emulators: minutes of waiting for real deadlines, and engines that not every machine has. `npm run test:engines`. */
export const ENGINE_TESTS: string[] = [
  'packages/stores/{redis,dynamodb,datastore}/**/*.test.ts',
  'tools/integration/*-and-*.test.ts',
  'tools/cost/**/*.test.ts',
]

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', 'apps/*/runtime/**', ...ENGINE_TESTS],
    retry: 0,
    isolate: true,
    // A slow machine is no failure: tests that hash or start processes take seconds on two busy cores.
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // One mark per test, every failure in full, and the counts at the end.
    reporters: ['dot'],
  },
})

export default config
