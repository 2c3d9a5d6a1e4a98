import type { Variable } from './variable.ts'
import { VARIABLES } from './variables.ts'

/** Those whose README has variables that are not in the table. */
const APPS = [
  ['AWS Lambda', 'aws-lambda'],
  ['Google Cloud Functions', 'google-cloud-functions'],
  ['Firebase', 'firebase-functions'],
  ['Azure Functions', 'azure-functions'],
] as const

/** docs/configuration.md, whole. */
export function configurationDocument(): string {
  const rows = Object.values(VARIABLES) as readonly Variable<unknown>[]
  return `# Configuration

Generated from \`packages/composition/src/configuration/variables.ts\` by \`tools/generate-docs.ts\`; do not edit.

Everything is set by environment variables and read once, at start. A process with a wrong configuration does not start: it names every problem at once, and
never prints a value. A variable that is empty counts as not set. This table is what all apps share; each has others of its own, for where its data is and what stands
around it, in its README: ${APPS.map(([name, folder]) => `[${name}](../apps/${folder}/README.md)`).join(', ')}. One that begins with
\`SALLYPORT_\` and is neither in this table nor one of the app's own is an error, because it is most often a misspelt one. Authorizers and guarded functions read
from the same variables what a check needs, and ignore the rest of the table. \`PORT\`, \`HOST\` and \`SALLYPORT_DATA_DIR\` are read by the local app only.

| variable | form | default | what it does |
| --- | --- | --- | --- |
${rows.map(rowOf).join('\n')}

\`SALLYPORT_TRUSTED_PROXY_HOPS\` counts proxies of your own. Where the platform itself has a front end that appends to X-Forwarded-For (Azure Functions, Google's functions, an ALB), whoever
connects is whoever connects to that: 0 is the last entry of the header, and each proxy of yours one place further left.

## Secrets
Make each of them with \`openssl rand -base64 32\`, and none of them twice. Values that are short, equal to one another, samples, or visibly not random are refused.

To replace one, put the new value in its place and the old one in front of the list in its \`_PREVIOUS\` variable; take it from there when nothing made with it
lives any more.

Outside production (\`NODE_ENV\` other than \`production\`) the local app makes missing secrets at its first start and keeps them in \`secrets.json\` in its data
directory, mode 0600. It refuses that file when others than its owner may read it. In production missing secrets are an error.

## What is checked together
- SALLYPORT_SESSION_IDLE_SECONDS is at most SALLYPORT_SESSION_ABSOLUTE_SECONDS.
- In the jwt strategy: SALLYPORT_ACCESS_TOKEN_SECONDS is at most SALLYPORT_SESSION_IDLE_SECONDS and at most half of SALLYPORT_KEY_ROTATION_SECONDS, and
  SALLYPORT_REFRESH_GRACE_SECONDS is at most SALLYPORT_ACCESS_TOKEN_SECONDS.
- The revocation bound is at most SALLYPORT_MAX_REVOCATION_SECONDS: SALLYPORT_ACCESS_TOKEN_SECONDS (jwt strategy; 0 in the session strategy) plus
  SALLYPORT_AUTHORIZER_TTL_SECONDS.
- SALLYPORT_DEFAULT_TRANSPORT is among SALLYPORT_TRANSPORTS; SALLYPORT_RATE_LIMIT_OVERRIDES names limits that exist.
- No two secrets are equal, previous ones included.
- In production: SALLYPORT_PUBLIC_URL is given and https, SALLYPORT_ALLOWED_ORIGINS are https, SALLYPORT_RATE_LIMITS is on.
`
}

function rowOf(row: Variable<unknown>): string {
  const cells = [`\`${row.name}\``, row.kind.form, defaultOf(row), row.description]
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function defaultOf(row: Variable<unknown>): string {
  if (row.default === 'required') return 'none: required in production'
  const shown = row.default.shown ?? `\`${String(row.default.value)}\``
  return row.requiredInProduction === true ? `${shown}; required in production` : shown
}
