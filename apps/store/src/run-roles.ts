import { changeRoles, recordAudit, ROLES_MAX_BYTES, systemClock, systemRandom } from '@sallyport/core'
import { openStores } from './composition.ts'
import type { RolesCommand } from './config.ts'
import type { Streams } from './progress-bar.ts'

const TOO_MANY = `nothing changed: roles stand in every access token, and have ${ROLES_MAX_BYTES} bytes together`

/** Says on standard error what was done, without the address; the audit event goes to standard output as the API's would. 1 when nobody has that address, or the roles are too many. */
export async function runRoles({ users, sessions, email, roles, environment }: RolesCommand, { stdout, stderr }: Streams): Promise<number> {
  const own = await openStores(users, { create: false, environment })
  try {
    const other = sessions === null ? null : await openStores(sessions, { create: false, environment })
    try {
      const log = { record: async (event: object) => void stdout.write(`${JSON.stringify(event)}\n`) }
      const audit = recordAudit({ log, clock: systemClock, onFailure: 'continue' })
      const change = changeRoles({ users: own.users, sessions: (other ?? own).sessions, clock: systemClock, random: systemRandom, audit })
      const outcome = await change(email, roles)
      const told = {
        changed: `changed: ${roles.length === 0 ? 'no roles' : roles.join(', ')}`,
        absent: 'nobody active has that address',
        'too-many': TOO_MANY,
      }
      stderr.write(`${told[outcome]}\n`)
      return outcome === 'changed' ? 0 : 1
    } finally {
      await other?.close()
    }
  } finally {
    await own.close()
  }
}
