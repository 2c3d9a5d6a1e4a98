import { keyOperations, keyRoles, recordAudit, SECOND, systemClock, type KeyOperations, type KeyStore, type SigningKey } from '@sallyport/core'
import { tokenSigner } from '@sallyport/tokens'
import { apiKeyWrapper } from './api-key-wrapper.ts'
import { openStores } from './composition.ts'
import type { KeysCommand } from './config.ts'
import { keyTable } from './key-table.ts'
import type { Streams } from './progress-bar.ts'

/** For 300 s an instance may not know of a key, and for as long again a cache may keep the key set that it gave out. */
const LEAD_MS = 600 * SECOND

/**
 * Lists the keys on standard output; or changes them, says on standard error what was done, and writes the audit events to standard output as the API would. 1 when there is no key of
 * that id, or none at all; then nothing has changed.
 */
export async function runKeys(command: KeysCommand, streams: Streams): Promise<number> {
  const stores = await openStores(command.of, { create: false, environment: command.environment })
  try {
    const keys = await stores.keys.list()
    if (command.rotate || command.retire.length > 0) return await changeKeys(command, { store: stores.keys, keys, ...streams })
    if (keys.length === 0) streams.stderr.write('no keys: with the jwt strategy the first instance that starts makes one\n')
    else streams.stdout.write(keyTable(keys, systemClock.now()))
    return 0
  } finally {
    await stores.close()
  }
}

interface Found extends Streams {
  readonly store: KeyStore
  readonly keys: readonly SigningKey[]
}

async function changeKeys({ of, rotate, retire, environment }: KeysCommand, { store, keys, stdout, stderr }: Found): Promise<number> {
  const named = keys.filter(({ kid }) => retire.includes(kid))
  if (named.length < retire.length) {
    stderr.write('nothing changed: there is no key of that id\n')
    return 1
  }
  const { current, next } = keyRoles(keys, systemClock.now(), Infinity)
  const witness = current ?? next[0] ?? named[0]
  if (witness === undefined) {
    stderr.write('nothing changed: there is no good key, and the next instance that looks makes one\n')
    return 1
  }
  const operations = keyOperations({
    store,
    wrapper: apiKeyWrapper({ location: of, environment, witness }),
    signer: tokenSigner(),
    clock: systemClock,
    audit: recordAudit({
      log: { record: async (event) => void stdout.write(`${JSON.stringify(event)}\n`) },
      clock: systemClock,
      onFailure: 'continue',
    }),
  })
  const { algorithm } = witness
  stderr.write(rotate ? await rotated(operations, algorithm) : await retired(operations, { store, named, algorithm }))
  return 0
}

async function rotated(operations: KeyOperations, algorithm: SigningKey['algorithm']): Promise<string> {
  const { kid, activeFrom } = await operations.promote({ at: systemClock.now() + LEAD_MS, algorithm })
  return `rotated: ${kid} signs from ${new Date(activeFrom).toISOString()}\n`
}

interface Leaked {
  readonly store: KeyStore
  readonly named: readonly SigningKey[]
  readonly algorithm: SigningKey['algorithm']
}

async function retired(operations: KeyOperations, { store, named, algorithm }: Leaked): Promise<string> {
  await operations.retire(
    named.map(({ generation }) => generation),
    algorithm,
  )
  const { current } = keyRoles(await store.list(), systemClock.now(), Infinity)
  const lines = [
    ...named.map(({ kid }) => `retired: ${kid}`),
    current === null ? 'no key signs: the next instance that looks makes one' : `signs now: ${current.kid}`,
  ]
  return `${lines.join('\n')}\n`
}
