import { ConfigurationError, OverloadedError } from '@sallyport/core'
import { hashSync } from 'bcryptjs'
import fc from 'fast-check'
import { afterAll, expect, it } from 'vitest'
import { bcryptPool } from './bcrypt-pool.ts'
import { nodeArgon2id } from './node-argon2id.ts'
import { hasherOver, passwordHasher, type GatedPasswordHasher, type PasswordHasherOptions, type UnreadableReason } from './password-hasher.ts'

const PEPPER = Buffer.alloc(32, 1)
const OLD_PEPPER = Buffer.alloc(32, 2)
const tiny = { memoryKiB: 8, passes: 1, parallelism: 1 }
const open: GatedPasswordHasher[] = []
afterAll(() => Promise.all(open.map((hasher) => hasher.close())))

const hasher = (options: Partial<PasswordHasherOptions> = {}): GatedPasswordHasher => {
  const made = passwordHasher({ algorithm: 'argon2id', pepper: PEPPER, argon2: tiny, bcryptCost: 4, maxQueue: 1_000, ...options })
  open.push(made)
  return made
}

const [argon2id, bcrypt] = [hasher(), hasher({ algorithm: 'bcrypt' })]
const both = [
  ['argon2id', argon2id],
  ['bcrypt', bcrypt],
] as const

/** All of Unicode, and lone surrogates, which are none. */
const anyString = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 100 }).map((points) => String.fromCodePoint(...points)),
  fc.array(fc.constantFrom('\ud800', '\ud801', '\udc00', '\ufffd', '\0', 'a', 'é'), { maxLength: 8 }).map((parts) => parts.join('')),
)

it.each(both)('%s: a password matches its own hash, and no other password does', (_, { hash, verify }) =>
  fc.assert(
    fc.asyncProperty(anyString, anyString, async (password, other) => {
      const stored = await hash(password)
      expect(await verify(password, stored)).toEqual({ matches: true, needsRehash: false })
      expect((await verify(other, stored)).matches).toBe(other === password)
      expect((await verify(`${password}\0`, stored)).matches).toBe(false)
    }),
    { numRuns: 60 },
  ),
)

it.each(both)('%s: two hashes of one password differ', async (_, { hash }) => {
  expect(await hash('same')).not.toBe(await hash('same'))
})

it('verifies the other algorithm and wants its hashes replaced, but only when the password is right', async () => {
  for (const [one, another] of [[argon2id, bcrypt] as const, [bcrypt, argon2id] as const]) {
    const stored = await one.hash('right')
    expect(await another.verify('right', stored)).toEqual({ matches: true, needsRehash: true })
    expect(await another.verify('wrong', stored)).toEqual({ matches: false, needsRehash: false })
  }
})

it.each<[string, Partial<PasswordHasherOptions>, Partial<PasswordHasherOptions>]>([
  ['more memory', {}, { argon2: { ...tiny, memoryKiB: 16 } }],
  ['more passes', {}, { argon2: { ...tiny, passes: 2 } }],
  ['fewer passes', { argon2: { ...tiny, passes: 2 } }, {}],
  ['other lanes', { argon2: { ...tiny, memoryKiB: 16 } }, { argon2: { memoryKiB: 16, passes: 1, parallelism: 2 } }],
  ['a higher cost', { algorithm: 'bcrypt' }, { algorithm: 'bcrypt', bcryptCost: 5 }],
  ['a new pepper', { pepper: OLD_PEPPER }, { previousPeppers: [OLD_PEPPER] }],
  ['a new pepper for bcrypt', { algorithm: 'bcrypt', pepper: OLD_PEPPER }, { algorithm: 'bcrypt', previousPeppers: [OLD_PEPPER] }],
])('wants a rehash after %s, once', async (_, before, after) => {
  const policy = hasher(after)
  expect(await policy.verify('p', await hasher(before).hash('p'))).toEqual({ matches: true, needsRehash: true })
  expect(await policy.verify('p', await policy.hash('p'))).toEqual({ matches: true, needsRehash: false })
})

it('always wants a rehash of imported hashes', async () => {
  const plainBcrypt = hashSync('imported', '$2b$04$abcdefghijklmnopqrstuu')
  for (const [, policy] of both) expect(await policy.verify('imported', plainBcrypt)).toEqual({ matches: true, needsRehash: true })
  const plainArgon2id = '$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4'
  const same = hasher({ argon2: { memoryKiB: 256, passes: 2, parallelism: 1 } })
  expect(await same.verify('password', plainArgon2id)).toEqual({ matches: true, needsRehash: true })
})

/** Counts what is asked of each primitive. */
const counting = (options: Partial<PasswordHasherOptions>): { hasher: GatedPasswordHasher; work: string[]; reasons: UnreadableReason[] } => {
  const [derive, pool] = [nodeArgon2id(), bcryptPool()]
  const work: string[] = []
  const reasons: UnreadableReason[] = []
  const counted = hasherOver(
    {
      argon2id: (input) => {
        work.push(`argon2id m=${input.memoryKiB} t=${input.passes} p=${input.parallelism} ${input.tagLength}`)
        return derive(input)
      },
      bcrypt: {
        ...pool,
        hash: (input, setting) => {
          work.push(`bcrypt ${setting.slice(0, 7)} ${input.length}`)
          return pool.hash(input, setting)
        },
      },
    },
    { algorithm: 'argon2id', pepper: PEPPER, argon2: tiny, bcryptCost: 4, onUnreadable: (reason) => reasons.push(reason), ...options },
  )
  open.push(counted)
  return { hasher: counted, work, reasons }
}

it.each(['argon2id', 'bcrypt'] as const)(
  '%s: does the same work for nobody, for nonsense, for a lost pepper and for a wrong password',
  async (algorithm) => {
    const { hasher: counted, work, reasons } = counting({ algorithm })
    const [stored, lost] = [await counted.hash('right'), await hasher({ algorithm, pepper: OLD_PEPPER }).hash('right')]
    const workOfHash = work.splice(0)
    expect(workOfHash).toHaveLength(1)
    for (const each of [null, '', 'nonsense', '$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', lost, stored]) {
      expect(await counted.verify('wrong', each)).toEqual({ matches: false, needsRehash: false })
      expect(work.splice(0)).toEqual(workOfHash)
    }
    expect(reasons).toEqual(['format', 'format', 'format', 'unknown-pepper'])
  },
)

it('never matches nobody, whatever the password', () =>
  fc.assert(
    fc.asyncProperty(anyString, fc.oneof(fc.constant(null), anyString), async (password, stored) => {
      expect(await argon2id.verify(password, stored)).toEqual({ matches: false, needsRehash: false })
    }),
  ))

it('has one gate for both algorithms and both methods', async () => {
  const busy = hasher({ concurrency: 2, maxQueue: 4 })
  const [own, other] = [await argon2id.hash('p'), await bcrypt.hash('p')]
  const results = await Promise.allSettled([own, other, null, own, other, null, own].map((stored) => busy.verify('p', stored)))
  const refused = results.filter((result) => result.status === 'rejected').map(({ reason }) => reason as unknown)
  expect(refused).toEqual([expect.any(OverloadedError)])
  expect(results.at(-1)?.status).toBe('rejected')
  expect(busy.statistics()).toEqual({ running: 0, queued: 0, completed: 6, refused: 1, mostAtOnce: 2 })
  expect((await busy.verify('p', own)).matches).toBe(true)
})

it('takes nothing after close', async () => {
  const closed = passwordHasher({ algorithm: 'bcrypt', pepper: PEPPER, bcryptCost: 4 })
  const accepted = closed.hash('p')
  await Promise.all([closed.close(), closed.close()])
  expect((await bcrypt.verify('p', await accepted)).matches).toBe(true)
  await expect(closed.verify('p', null)).rejects.toThrow(OverloadedError)
})

it.each<[string, Partial<PasswordHasherOptions>]>([
  ['a short pepper', { pepper: Buffer.alloc(15) }],
  ['a short previous pepper', { previousPeppers: [Buffer.alloc(0)] }],
  ['no place for a hash', { concurrency: 0 }],
  ['a queue of a fraction', { maxQueue: 0.5 }],
  ['argon2 parameters out of bounds', { algorithm: 'bcrypt', argon2: { ...tiny, passes: 100 } }],
])('refuses %s at the start', (_, options) => {
  expect(() => passwordHasher({ algorithm: 'argon2id', pepper: PEPPER, ...options })).toThrow(ConfigurationError)
})

it('says nothing of the pepper, the password or the hash in its errors', async () => {
  const broken = hasherOver(
    { argon2id: nodeArgon2id(), bcrypt: bcryptPool({ start: () => Promise.reject(new Error('no thread')) }) },
    { algorithm: 'bcrypt', pepper: Buffer.from('pepper-that-must-not-show'), bcryptCost: 4 },
  )
  const error: unknown = await broken.hash('password-that-must-not-show').catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'invariant', message: 'bcrypt failed' })
  expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain('must-not-show')
})
