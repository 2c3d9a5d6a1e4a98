import { changeRoles, recordAudit, systemClock, systemRandom } from '@sallyport/core'
import { openStores } from './composition.ts'
import type { RolesCommand } from './config.ts'
import type { Streams } from './progress-bar.ts'

/** Says on standard error what was done, without the address; the audit event goes to standard output as the API's would. 1 when nobody has that address. */
export async function runRoles({ users, sessions, email, roles, environment }: RolesCommand, { stdout, stderr }: Streams): Promise<number> {
  const own = await openStores(users, { create: false, environment })
  try {
    const other = sessions === null ? null : await openStores(sessions, { create: false, environment })
    try {
      const log = { record: async (event: object) => void stdout.write(`${JSON.stringify(event)}\n`) }
      const audit = recordAudit({ log, clock: systemClock, onFailure: 'continue' })
      const change = changeRoles({ users: own.users, sessions: (other ?? own).sessions, clock: systemClock, random: systemRandom, audit })
      const outcome = await change(email, roles)
      stderr.write(outcome === 'changed' ? `changed: ${roles.length === 0 ? 'no roles' : roles.join(', ')}\n` : 'nobody active has that address\n')
      return outcome === 'changed' ? 0 : 1
    } finally {
      await other?.close()
    }
  } finally {
    await own.close()
  }
}
