import { ConfigurationError, systemRandom } from '@sallyport/core'
import fc from 'fast-check'
import { argon2Sync } from 'node:crypto'
import { expect, it } from 'vitest'
import { argon2idScheme, formatArgon2id, parseArgon2id } from './argon2id.ts'
import { nodeArgon2id } from './node-argon2id.ts'
import { pepper } from './pepper.ts'

const tiny = { memoryKiB: 8, passes: 1, parallelism: 1 }
const scheme = argon2idScheme(tiny, { derive: nodeArgon2id(), random: systemRandom })
const ours = pepper(Buffer.alloc(32, 7))

it('runs on the argon2id of RFC 9106 (section 5.3)', () => {
  const tag = argon2Sync('argon2id', {
    message: Buffer.alloc(32, 1),
    nonce: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    associatedData: Buffer.alloc(12, 4),
    passes: 3,
    memory: 32,
    parallelism: 4,
    tagLength: 32,
  })
  expect(tag.toString('hex')).toBe('0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659')
})

it.each([
  ['password', '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'],
  ['password', '$argon2id$v=19$m=256,t=2,p=2$c29tZXNhbHQ$bQk8UB/VmZZF4Oo79iDXuL5/0ttZwg2f/5U52iv1cDc'],
])('verifies what the reference implementation made (%s, %s)', async (password, encoded) => {
  const hash = scheme.read(encoded)
  expect(hash).toMatchObject({ keyId: null, current: false })
  expect(await hash?.matches(password, null)).toBe(true)
  expect(await hash?.matches('Password', null)).toBe(false)
  expect(await hash?.matches(password, ours)).toBe(false)
})

it('writes the PHC format, with 16 bytes of salt, 32 of tag, and the pepper as the secret of argon2', async () => {
  const encoded = await scheme.hash('pässword', ours)
  expect(encoded).toMatch(/^\$argon2id\$v=19\$m=8,t=1,p=1,keyid=[A-Za-z0-9+/]{8}\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/)
  const { salt, tag, keyId } = parseArgon2id(encoded) ?? {}
  expect(keyId).toBe(ours.keyId)
  const expected = argon2Sync('argon2id', {
    message: 'pässword',
    nonce: salt ?? '',
    secret: ours.secret,
    memory: 8,
    passes: 1,
    parallelism: 1,
    tagLength: 32,
  })
  expect(Buffer.from(tag ?? [])).toEqual(expected)
})

it.each([
  ['4 GiB', 'm=4194304,t=1,p=1'],
  ['over 256 MiB', 'm=262145,t=1,p=1'],
  ['many passes', 'm=19456,t=17,p=1'],
  ['much memory many times', 'm=262144,t=5,p=1'],
  ['many lanes', 'm=19456,t=2,p=17'],
  ['less memory than lanes need', 'm=15,t=1,p=2'],
  ['nothing', 'm=0,t=0,p=0'],
  ['a leading zero', 'm=08,t=1,p=1'],
  ['another order', 't=1,m=8,p=1'],
  ['data', 'm=8,t=1,p=1,data=AAAA'],
  ['an odd key id', 'm=8,t=1,p=1,keyid=AAAA'],
])('reads no hash that asks for %s', (_, parameters) => {
  expect(scheme.read(`$argon2id$v=19$${parameters}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4`)).toBeNull()
})

it.each([
  '$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
  '$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHR$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ=$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4',
  '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4\n',
  '$argon2id$v=19$m=256,t=2,p=1$$',
])('reads no other kind, version or spelling: %s', (encoded) => {
  expect(scheme.read(encoded)).toBeNull()
})

it('reads back exactly what it writes, and throws at nothing', () => {
  const bytes = (minLength: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength, maxLength: 64 })
  const keyId = fc.option(fc.uint8Array({ minLength: 6, maxLength: 6 }).map((id) => Buffer.from(id).toString('base64')))
  fc.assert(
    fc.property(
      fc.integer({ min: 128, max: 65_536 }),
      fc.integer({ min: 1, max: 16 }),
      keyId,
      bytes(8),
      bytes(16),
      (memoryKiB, few, id, salt, tag) => {
        const hash = { memoryKiB, passes: few, parallelism: few, keyId: id, salt, tag }
        const encoded = formatArgon2id(hash)
        const read = parseArgon2id(encoded)
        expect(read && { ...read, salt: Uint8Array.from(read.salt), tag: Uint8Array.from(read.tag) }).toEqual(hash)
      },
    ),
  )
  const anyString = fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 60 }).map((points) => String.fromCodePoint(...points))
  const fragment = fc.constantFrom('$', 'argon2id', 'v=19', 'm=8', ',', 't=1', 'p=1', 'keyid=AAAAAAAA', 'c29tZXNhbHQ', '=', '\n')
  const text = fc.oneof(
    anyString,
    fc.array(fragment, { maxLength: 20 }).map((parts) => parts.join('')),
  )
  fc.assert(fc.property(text, (encoded) => parseArgon2id(encoded) === null || formatArgon2id(parseArgon2id(encoded)!) === encoded))
})

it('refuses a policy out of bounds', () => {
  const make = (memoryKiB: number, passes: number, parallelism: number) => () =>
    argon2idScheme({ memoryKiB, passes, parallelism }, { derive: nodeArgon2id(), random: systemRandom })
  const outOfBounds: [number, number, number][] = [[7, 1, 1], [300_000, 1, 1], [8, 0, 1], [8, 1.5, 1], [8, 1, 0], [NaN, 1, 1]] // prettier-ignore
  for (const parameters of outOfBounds) expect(make(...parameters)).toThrow(ConfigurationError)
})

it('keeps the cause of a failure of the primitive, and nothing secret', async () => {
  const failing = nodeArgon2id()({ ...tiny, message: Buffer.from('hidden'), salt: Buffer.alloc(1), secret: ours.secret, tagLength: 32 })
  const error = await failing.catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invariant', message: 'argon2id failed', cause: expect.any(Error) as unknown })
  expect(String((error as Error).stack)).not.toContain('hidden')
})
