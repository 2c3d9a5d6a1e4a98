import { createStore, describeStore, verifyStore } from './provision.ts'
import { HELP, type Command } from './config.ts'
import { runExport } from './run-export.ts'
import { runImport } from './run-import.ts'
import { runKeys } from './run-keys.ts'
import { runRoles } from './run-roles.ts'
import type { Streams } from './progress-bar.ts'

/** The exit code: 0, or 1 when something was found. Throws what `runProcess` turns into a message and a code. */
export async function runCommand(command: Command, streams: Streams): Promise<number> {
  const { stdout, stderr } = streams
  switch (command.name) {
    case 'help':
      stdout.write(HELP)
      return 0
    case 'create':
      await createStore(command)
      stderr.write('created: it has all that is needed\n')
      return 0
    case 'describe':
      stdout.write(describeStore(command))
      return 0
    case 'verify': {
      const findings = await verifyStore(command)
      for (const { severity, message } of findings) stdout.write(`${severity}: ${message}\n`)
      if (findings.length === 0) stdout.write('verified: nothing is missing\n')
      return findings.some(({ severity }) => severity === 'refuse') ? 1 : 0
    }
    case 'export':
      return runExport(command, streams)
    case 'import':
      return runImport(command, stderr)
    case 'roles':
      return runRoles(command, streams)
    case 'keys':
      return runKeys(command, streams)
  }
}
