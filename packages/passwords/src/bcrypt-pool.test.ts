import { InvariantError } from '@sallyport/core'
import { hashSync } from 'bcryptjs'
import { Worker } from 'node:worker_threads'
import { afterEach, expect, it } from 'vitest'
import { bcryptPool, type BcryptPool } from './bcrypt-pool.ts'
import { bcryptWorkerSource } from './bcrypt-worker-source.ts'

const SETTING = '$2b$04$abcdefghijklmnopqrstuu'
const open: BcryptPool[] = []
afterEach(() => Promise.all(open.splice(0).map((pool) => pool.close())))

/** A pool whose threads run the given sources in turn, then the real one; `started` holds the threads. */
const poolOf = (...sources: string[]): BcryptPool & { started: Worker[] } => {
  const started: Worker[] = []
  const start = async (): Promise<Worker> => {
    const worker = new Worker(sources[started.length] ?? bcryptWorkerSource, { eval: true })
    started.push(worker)
    return worker
  }
  const pool = { ...bcryptPool({ start }), started }
  open.push(pool)
  return pool
}

const dies = "require('node:worker_threads').parentPort.once('message', () => process.exit(3))"
const throws = "require('node:worker_threads').parentPort.once('message', () => { throw new Error('lost') })"

it('hashes in threads, starts one when first needed and uses it again', async () => {
  const pool = poolOf()
  expect(pool.started).toHaveLength(0)
  for (const input of ['a', 'ü'.repeat(50), '']) expect(await pool.hash(input, SETTING)).toBe(hashSync(input, SETTING))
  expect(pool.started).toHaveLength(1)
})

it('has as many threads as jobs at once, and mixes no answers up', async () => {
  const pool = poolOf()
  const inputs = ['a', 'b', 'c']
  expect(await Promise.all(inputs.map((input) => pool.hash(input, SETTING)))).toEqual(inputs.map((input) => hashSync(input, SETTING)))
  expect(pool.started).toHaveLength(3)
})

it.each([
  ['ends', dies],
  ['throws', throws],
])('replaces a thread that %s under a job and does the job again', async (_, source) => {
  const pool = poolOf(source)
  expect(await pool.hash('a', SETTING)).toBe(hashSync('a', SETTING))
  expect(await pool.hash('b', SETTING)).toBe(hashSync('b', SETTING))
  expect(pool.started).toHaveLength(2)
})

it('replaces a thread that died idle', async () => {
  const pool = poolOf()
  await pool.hash('a', SETTING)
  await pool.started[0]?.terminate()
  expect(await pool.hash('b', SETTING)).toBe(hashSync('b', SETTING))
  expect(pool.started).toHaveLength(2)
})

it('gives up a job that kills two threads, and serves the next', async () => {
  const pool = poolOf(dies, throws)
  const failure = await pool.hash('secret', SETTING).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(InvariantError)
  expect(failure).toMatchObject({ code: 'invariant', message: 'bcrypt failed', cause: expect.any(Error) as unknown })
  expect(await pool.hash('a', SETTING)).toBe(hashSync('a', SETTING))
})

it('reports a refusal of bcrypt itself and keeps its thread', async () => {
  const pool = poolOf()
  await expect(pool.hash('a', 'no setting')).rejects.toThrow(InvariantError)
  expect(await pool.hash('a', SETTING)).toBe(hashSync('a', SETTING))
  expect(pool.started).toHaveLength(1)
})

it('ends its threads at close, twice as well', async () => {
  const pool = poolOf()
  await pool.hash('a', SETTING)
  const ended = new Promise((resolve) => pool.started[0]?.once('exit', resolve))
  await Promise.all([pool.close(), pool.close()])
  await ended
})
