import type { Reporter } from 'vitest/node'

/** Says loudly, once for each reason, what was skipped: a machine without an engine must not look like one where everything ran. Prints nothing when nothing was. */
export const skippedReporter: Reporter = {
  onTestRunEnd(modules) {
    const skipped = new Map<string, string[]>()
    for (const module of modules) {
      for (const test of module.children.allTests('skipped')) {
        const result = test.result()
        const why = (result.state === 'skipped' ? result.note : undefined) ?? 'No reason was given.'
        skipped.set(why, [...(skipped.get(why) ?? []), test.name.replace(`: ${why}`, '')])
      }
    }
    if (skipped.size > 0) process.stdout.write('\n')
    for (const [why, names] of skipped) process.stdout.write(`SKIPPED ${names.length}: ${names.join('; ')}. ${why}\n`)
  },
}
