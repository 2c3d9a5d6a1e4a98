import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, vi } from 'vitest'
import { withEmulator } from '../../../packages/stores/datastore/testing/emulator.ts'
import { freshName, onDynamodbLocal } from '../../../packages/stores/dynamodb/testing/dynamodb-local.ts'
import { withRedis } from '../../../packages/stores/redis/testing/harness.ts'
import { redisServer, type RedisServer } from '../../../packages/stores/redis/testing/redis-server.ts'
import { runStore } from './store-run.ts'

export type StoreKind = 'sqlite' | 'dynamodb' | 'datastore' | 'redis'

export interface Engines {
  /** For whoever opens one of the stores. */
  readonly environment: { readonly [name: string]: string }
  /** The location of a store of that kind that nobody has used. */
  freshStore(kind: StoreKind): Promise<string>
  /** In a folder that goes with the suite. */
  file(name: string): string
}

/** A suite over every kind of store, on real engines. Skipped where one of them is missing, with what it is. */
export async function onEveryEngine(what: string, suite: (engines: Engines) => void): Promise<void> {
  await onDynamodbLocal(async ({ endpoint }) =>
    withEmulator('datastore', what, ({ address }) => {
      withRedis(what, () => {
        describe(what, () => {
          let directory: string
          let redis: RedisServer

          beforeAll(async () => {
            directory = mkdtempSync(join(tmpdir(), 'sallyport-engines-'))
            redis = await redisServer()
            vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDEXAMPLE')
            vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'an example')
          })
          afterAll(async () => {
            vi.unstubAllEnvs()
            await redis.remove()
            rmSync(directory, { recursive: true, force: true })
          })

          const file = (name: string): string => join(directory, name)
          const freshStore = async (kind: StoreKind): Promise<string> => {
            const name = freshName()
            switch (kind) {
              case 'sqlite':
                return `sqlite:${file(`${name}.db`)}`
              case 'dynamodb': {
                const aws = ['--region', 'eu-central-1', '--endpoint', endpoint, '--no-point-in-time-recovery']
                await runStore(['create', '--store', 'dynamodb', '--table', name, ...aws])
                return `dynamodb:${name}?region=eu-central-1&endpoint=${encodeURIComponent(endpoint)}`
              }
              case 'datastore':
                return `datastore:sallyport-test?namespace=${name}`
              case 'redis':
                return `redis://127.0.0.1:${redis.port}?prefix=${name}`
            }
          }
          suite({ environment: { DATASTORE_EMULATOR_HOST: address }, freshStore, file })
        })
      })
    }),
  )
}
