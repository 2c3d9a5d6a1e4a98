import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['sallyport-source', 'node', 'import', 'default']

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
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
