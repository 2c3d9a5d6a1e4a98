import { EXIT, runProcess } from '@sallyport/platform-node'
import { storeCommand } from './config.ts'
import { runCommand } from './run-command.ts'

await runProcess(async ({ onStop }) => {
  // Cut short is not done.
  onStop(() => process.exit(EXIT.signal))
  process.exitCode = await runCommand(storeCommand(process.argv.slice(2), process.env), process)
})
