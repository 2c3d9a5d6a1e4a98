import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'

it('loads nothing of fetch: those classes double the start of a cold function', () => {
  const script = `
    const { httpApplication } = await import('@sallyport/http')
    const loaded = process.moduleLoadList.filter((name) => /undici|internal\\/deps\\/|NativeModule http/.test(name))
    console.log(typeof httpApplication, loaded.filter((name) => !/cjs-module-lexer|amaro|acorn|minimatch/.test(name)).join())`
  const output = execFileSync(process.execPath, ['--conditions=sallyport-source', '--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  expect(output.trim()).toBe('function')
})
