/** What a template is made of. */
export type Tree = string | number | boolean | readonly Tree[] | { readonly [name: string]: Tree }

/** Block style, as the formatter leaves it: texts are bare where YAML reads nothing else into them, and quoted elsewhere. */
export function yaml(tree: Tree): string {
  return `${block(tree, '')}\n`
}

function block(tree: Tree, indent: string): string {
  if (typeof tree !== 'object') return scalar(tree)
  if (isList(tree)) return tree.map((item) => `${indent}- ${block(item, `${indent}  `).trimStart()}`).join('\n')
  return Object.entries(tree)
    .map(([name, value]) => `${indent}${scalar(name)}:${entry(value, indent)}`)
    .join('\n')
}

function entry(value: Tree, indent: string): string {
  if (typeof value !== 'object') return ` ${scalar(value)}`
  if (Object.keys(value).length === 0) return isList(value) ? ' []' : ' {}'
  return `\n${block(value, `${indent}  `)}`
}

function isList(tree: Tree): tree is readonly Tree[] {
  return Array.isArray(tree)
}

/** Words that YAML 1.1, which CloudFormation reads, takes for a truth value or for nothing. */
const WORDS = /^(?:true|false|yes|no|on|off|y|n|null)$/i
/** Without blanks, so that a colon in it ends no key. */
const BARE = /^[A-Za-z/](?:[\w./+:-]*[\w./+-])?$/

function scalar(value: string | number | boolean): string {
  if (typeof value !== 'string') return String(value)
  return BARE.test(value) && !WORDS.test(value) ? value : quoted(value)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}
