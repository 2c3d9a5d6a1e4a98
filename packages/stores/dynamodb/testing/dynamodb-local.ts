import { randomBytes } from 'node:crypto'
import { it } from 'vitest'
import { sharedEngine } from '../../../../tools/integration/shared-engine.ts'
import { missingDynamodbLocal, startDynamodbLocal } from './start-dynamodb-local.ts'

/** DynamoDB's own emulator. Others use it at once: whoever tests has tables of their own. */
export interface DynamodbLocal {
  readonly endpoint: string
  readonly port: number
}

/** Registers tests on the emulator; where there can be none, one test that says loudly that they were skipped, and how to have them. */
export async function onDynamodbLocal(register: (local: DynamodbLocal) => void | Promise<void>): Promise<void> {
  const found = await emulator()
  if ('port' in found) return register({ endpoint: `http://127.0.0.1:${found.port}`, port: found.port })
  it(`everything on DynamoDB Local: ${found.missing}`, ({ skip }) => skip(found.missing))
}

async function emulator(): Promise<{ readonly port: number } | { readonly missing: string }> {
  const container = await globalThis.engineContainers?.dynamodb?.({})
  if (container !== undefined) return { port: container[0]! }
  const shared = await sharedEngine('dynamodb')
  if (shared !== null) return 'missing' in shared ? shared : { port: shared.ports[0]! }
  const missing = await missingDynamodbLocal()
  return missing === null ? startDynamodbLocal() : { missing }
}

/** Fresh names for tables and prefixes. */
export function freshName(): string {
  return randomBytes(8).toString('hex')
}
