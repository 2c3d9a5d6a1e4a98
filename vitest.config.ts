import { defineConfig, type ViteUserConfig } from 'vitest/config'

const conditions = ['sallyport-source', 'node', 'import', 'default']

const config: ViteUserConfig = defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['packages/**/src/**/*.test.ts', 'apps/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    retry: 0,
    // One mark per test, every failure in full, and the counts at the end.
    reporters: ['dot'],
  },
})

export default config
