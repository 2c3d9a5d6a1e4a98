import { spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ConfigurationError } from '@sallyport/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { configuration } from './configuration/configuration.ts'
import { localSecrets } from './local-secrets.ts'

let base: string

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'sallyport-secrets-'))
})

afterEach(() => rmSync(base, { recursive: true, force: true }))

const modeOf = (path: string): number => statSync(path).mode & 0o777

describe('local secrets', () => {
  it('are made once, for the owner only, and good', () => {
    const directory = join(base, 'a', 'data')
    const first = localSecrets(directory)
    expect(first).toMatchObject({ created: true, path: join(directory, 'secrets.json') })
    expect([modeOf(directory), modeOf(first.path)]).toEqual([0o700, 0o600])
    expect(localSecrets(directory)).toEqual({ ...first, created: false })
    expect(readdirSync(directory)).toEqual(['secrets.json'])
    expect(() => configuration(first.environment)).not.toThrow()
  })

  it('stay what they are when others may read them: refused, not tightened', () => {
    const { path } = localSecrets(base)
    for (const mode of [0o640, 0o604, 0o660]) {
      chmodSync(path, mode)
      expect(() => localSecrets(base)).toThrow('Others may read the local secrets')
      expect(modeOf(path)).toBe(mode)
    }
  })

  it('are not made where others could put theirs instead; a directory that exists is left as it is', () => {
    const directory = join(base, 'shared')
    mkdirSync(directory)
    chmodSync(directory, 0o777)
    expect(() => localSecrets(directory)).toThrow('Everybody may write the data directory')
    expect([modeOf(directory), readdirSync(directory)]).toEqual([0o777, []])
    chmodSync(directory, 0o1777)
    expect(localSecrets(directory).created).toBe(true)
  })

  it('are not read through a link', () => {
    const { path } = localSecrets(join(base, 'elsewhere'))
    symlinkSync(path, join(base, 'secrets.json'))
    expect(() => localSecrets(base)).toThrow('not a file of this user')
  })

  it.each([
    ['no JSON', 'SALLYPORT_REFRESH_SECRET=abcdefghijklmnop'],
    ['no object', '"abcdefghijklmnop"'],
    ['a secret missing', '{"SALLYPORT_REFRESH_SECRET":"abcdefghijklmnop"}'],
  ])('are refused when damaged (%s), without a word of the content', (_, content) => {
    writeFileSync(join(base, 'secrets.json'), content, { mode: 0o600 })
    const refused = (): unknown => {
      try {
        return localSecrets(base)
      } catch (error) {
        return error
      }
    }
    const error = refused()
    expect(error).toBeInstanceOf(ConfigurationError)
    expect(JSON.stringify([(error as Error).message, (error as Error).cause])).not.toContain('abcdefghijklmnop')
  })

  it('name the directory that cannot be made', () => {
    writeFileSync(join(base, 'file'), '')
    expect(() => localSecrets(join(base, 'file', 'data'))).toThrow(`The data directory cannot be made: ${join(base, 'file', 'data')} (ENOTDIR)`)
  })

  it('are the same for eight processes that start at once', async () => {
    const directory = join(base, 'race')
    const script = `import { localSecrets } from ${JSON.stringify(new URL('./local-secrets.ts', import.meta.url).href)}
      process.stdin.once('data', () => { process.stdout.write(JSON.stringify(localSecrets(${JSON.stringify(directory)}))); process.exit(0) })
      process.stdout.write('ready\\n')`
    const children = Array.from({ length: 8 }, () => {
      const child = spawn(process.execPath, ['--conditions=sallyport-source', '--input-type=module', '--eval', script], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      const ready = Promise.withResolvers<void>()
      let output = ''
      child.stdout.on('data', (chunk: Buffer) => {
        output += chunk.toString()
        if (output.includes('\n')) ready.resolve()
      })
      const ended = new Promise<string>((resolve) => child.on('close', () => resolve(output.slice('ready\n'.length))))
      return { child, ready: ready.promise, ended }
    })
    await Promise.all(children.map(({ ready }) => ready))
    for (const { child } of children) child.stdin.write('go')
    const results = (await Promise.all(children.map(({ ended }) => ended))).map(
      (text) => JSON.parse(text) as { created: boolean; environment: object },
    )
    expect(results.filter(({ created }) => created)).toHaveLength(1)
    const [first] = results
    for (const { environment } of results) expect(environment).toEqual(first?.environment)
    expect(readdirSync(directory)).toEqual(['secrets.json'])
    expect(JSON.parse(readFileSync(join(directory, 'secrets.json'), 'utf8'))).toEqual(first?.environment)
  })
})
