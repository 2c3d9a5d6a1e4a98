// `npm run boundaries`: the dependency rules and the source rules over all packages and apps. Usage: node tools/checks/boundaries.mjs [root]
import { existsSync, globSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { cruise } from 'dependency-cruiser'
import { dependencyRules } from './dependency-rules.mjs'
import { checkSources, sourceRules } from './source-rules.mjs'

export const ruleNames = [...dependencyRules, ...sourceRules].map(({ name }) => name)

/** Every violation in the tree under root as `{ rule, comment, where, what }`; empty when the house is in order. */
export async function checkBoundaries(root) {
  const files = globSync(['packages/**/*.ts', 'apps/**/*.ts'], {
    cwd: root,
    exclude: (name) => /(^|[\\/])(node_modules|dist)$/.test(String(name?.name ?? name)),
  })
    .map((file) => file.replaceAll('\\', '/'))
    .toSorted()
  const { output } = await cruise(
    files,
    {
      baseDir: root,
      ruleSet: { forbidden: dependencyRules },
      validate: true,
      tsPreCompilationDeps: true,
      combinedDependencies: true,
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '/dist/' },
      ...(existsSync(`${root}/tsconfig.base.json`) ? { tsConfig: { fileName: 'tsconfig.base.json' } } : {}),
    },
    {
      conditionNames: ['sallyport-source', 'import', 'node', 'types', 'default'],
      exportsFields: ['exports'],
      extensions: ['.ts', '.js', '.mjs', '.json'],
    },
  )
  if (output.summary.totalCruised < files.length) throw new Error(`only ${output.summary.totalCruised} of ${files.length} files were read`)
  const comments = new Map(dependencyRules.map(({ name, comment }) => [name, comment]))
  const arrows = output.summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    comment: comments.get(rule.name),
    where: from,
    what: cycle === undefined ? to : cycle.map(({ name }) => name).join(' -> '),
  }))
  return { files, violations: [...arrows, ...checkSources(root, files)] }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { files, violations } = await checkBoundaries(process.argv[2] ?? process.cwd())
  for (const { rule, comment, where, what } of violations) console.error(`${rule}: ${where} -> ${what}\n  ${comment}`)
  if (violations.length > 0) process.exit(1)
  console.log(`${ruleNames.length} rules hold in ${files.length} files`)
}
