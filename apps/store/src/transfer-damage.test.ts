import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { seedUser, SECRETS } from '../testing/samples.ts'
import { transfer } from '../testing/transfer.ts'

const { at, source, exported, imported, contentAt } = transfer()

describe('a damaged file', () => {
  const damages: readonly (readonly [string, (lines: string[]) => string[] | string])[] = [
    ['cut between lines', (lines) => lines.slice(0, -2)],
    ['cut within a line', (lines) => lines.join('\n').slice(0, -40)],
    ['without its first line', (lines) => lines.slice(1)],
    ['with a line twice', (lines) => [...lines.slice(0, 2), ...lines.slice(1)]],
    ['with a line less', (lines) => [...lines.slice(0, 2), ...lines.slice(3)]],
    ['with lines swapped', (lines) => [lines[0] ?? '', lines[2] ?? '', lines[1] ?? '', ...lines.slice(3)]],
    ['with lines after the last', (lines) => [...lines.slice(0, -1), '{"type":"trailer","keys":0,"users":0,"sessions":0,"digest":""}', '']],
    ['with a changed role', (lines) => lines.map((line) => line.replace('"admin"', '"owner"'))],
    ['with a changed digest', (lines) => lines.map((line) => line.replace('"digest":"', '"digest":"x'))],
    ['with a member less', (lines) => lines.map((line) => line.replace(/"emailVerified":true,/, ''))],
    ['with a member more', (lines) => lines.map((line) => line.replace('"user":{', '"user":{"isRoot":true,'))],
    ['with an identity of somebody else', (lines) => lines.map((line) => line.replace(/"userId":"[^"]{8}/, '"userId":"00000000'))],
    ['of another version', (lines) => lines.map((line) => line.replace('"version":1,"exportedAt"', '"version":2,"exportedAt"'))],
    ['of another format', (lines) => lines.map((line) => line.replace('sallyport-transfer', 'something'))],
    ['of no JSON', (lines) => ['sample-password-hash', ...lines]],
    ['of a line without end', () => 'sample-password-hash'.repeat(100_000)],
    ['of nothing', () => ''],
  ]

  it.each(damages)('%s is refused before anything is written', async (_name, damage) => {
    await seedUser(source())
    await seedUser(source())
    await exported('--sessions')
    const damaged = damage(readFileSync(at('export.ndjson'), 'utf8').split('\n'))
    writeFileSync(at('export.ndjson'), typeof damaged === 'string' ? damaged : damaged.join('\n'))
    const error = await imported('target.db', '--sessions').catch((thrown: unknown) => thrown as Error)
    expect(error).toMatchObject({ code: 'configuration' })
    for (const secret of SECRETS) expect((error as Error).message).not.toContain(secret)
    expect(await contentAt('target.db')).toEqual([])
  })

  it('of bytes that are no text is refused', async () => {
    writeFileSync(at('export.ndjson'), Buffer.from([0xff, 0xfe, 0x0a]))
    await expect(imported('target.db')).rejects.toMatchObject({ message: 'The file is damaged at line 1: it is no UTF-8.' })
  })
})
