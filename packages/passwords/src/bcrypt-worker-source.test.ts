import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { bundleBcryptWorker } from '../worker/bundle.ts'

it('is what the worker and the installed bcryptjs give; if not: npm run generate --workspace=@sallyport/passwords', async () => {
  expect(await readFile(new URL('bcrypt-worker-source.ts', import.meta.url), 'utf8')).toBe(await bundleBcryptWorker())
})
