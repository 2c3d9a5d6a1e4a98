import { DatabaseSync } from 'node:sqlite'
import { faultPlan, faultyStores, type FaultHarness } from '@sallyport/conformance'
import { sqliteStores } from '../src/sqlite-stores.ts'
import { temporaryFile } from './temporary-file.ts'

const BUSY_TIMEOUT_MS = 500
/** Beyond the adapter's own deadline: a call that hangs for ever is found out, one that waited for the machine is not. */
const CROWD_MS = 9000
const SLOW_MS = 20

/** A file whose lock another connection holds: that is how SQLite refuses, hangs and is slow. Only a lost answer is made, after the call. */
export function sqliteFaults(): FaultHarness {
  return {
    deadlineMs: BUSY_TIMEOUT_MS + CROWD_MS,
    oneClauseAtATime: true,
    async open({ clock }) {
      const { path, remove } = temporaryFile()
      const options = { path, clock, synchronous: 'normal' } as const
      const [behind, plain] = [sqliteStores({ ...options, busyTimeoutMs: BUSY_TIMEOUT_MS }), sqliteStores(options)]
      const other = new DatabaseSync(path, { timeout: 1000 })
      let holders = 0
      const lock = (): void => void (holders++ === 0 && other.exec('BEGIN IMMEDIATE'))
      // A call that needed no lock is over before the moment is, and its clause with it.
      const release = (): void => void (--holders === 0 && other.isOpen && other.exec('ROLLBACK'))

      async function locked(call: () => Promise<unknown>): Promise<unknown> {
        lock()
        try {
          return await call()
        } finally {
          release()
        }
      }
      function lockedForAMoment(call: () => Promise<unknown>): Promise<unknown> {
        lock()
        setTimeout(release, SLOW_MS)
        return call()
      }
      const faults = faultPlan()
      const instead = { refused: locked, throttled: locked, hang: locked, slow: lockedForAMoment }
      return {
        stores: faultyStores(behind, { due: faults.due, instead }),
        plain,
        faults,
        close: async () => {
          await Promise.all([behind.close(), plain.close()])
          other.close()
          remove()
        },
      }
    },
  }
}
