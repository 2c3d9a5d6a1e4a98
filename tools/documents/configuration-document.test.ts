import { globSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

const ROOT = new URL('../../', import.meta.url).pathname
const PAGE = readFileSync(`${ROOT}docs/configuration.md`, 'utf8')

/** The apps that declare variables of their own, with their names. */
const OWN = globSync('apps/*/src/config.ts', { cwd: ROOT })
  .map((file): [string, string[]] => {
    const names = [...readFileSync(`${ROOT}${file}`, 'utf8').matchAll(/^\s*name: '(SALLYPORT_\w+)',$/gm)].map(([, name = '']) => name)
    return [file.replace('/src/config.ts', ''), names]
  })
  .filter(([, names]) => names.length > 0)

it('apps have variables of their own, none of them in the table', () => {
  expect(OWN.map(([app]) => app).toSorted()).toEqual(
    ['aws-lambda', 'azure-functions', 'firebase-functions', 'google-cloud-functions'].map((app) => `apps/${app}`),
  )
  for (const [, names] of OWN) for (const name of names) expect(PAGE).not.toContain(`| \`${name}\` |`)
})

it.each(OWN)('docs/configuration.md leads to the README of %s, which has every variable of its own', (app, names) => {
  expect(PAGE).toContain(`](../${app}/README.md)`)
  const readme = readFileSync(`${ROOT}${app}/README.md`, 'utf8')
  for (const name of names) expect(readme, name).toContain(`\`${name}\``)
})
