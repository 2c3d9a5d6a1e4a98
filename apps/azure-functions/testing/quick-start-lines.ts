import { readFileSync } from 'node:fs'

const PAGE = new URL('../../../docs/quick-start-azure.md', import.meta.url)

/** The lines under a mark in docs/quick-start-azure.md. */
export function quickStartLines(mark: string): string {
  const [, found] = new RegExp(`<!-- tried: ${mark} -->\\n\`\`\`sh\\n([^]*?)\`\`\``).exec(readFileSync(PAGE, 'utf8')) ?? []
  if (found === undefined) throw new Error(`The page has nothing marked ${mark}.`)
  return found
}
